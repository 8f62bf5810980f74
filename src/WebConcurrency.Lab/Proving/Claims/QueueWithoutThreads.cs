namespace WebConcurrency.Lab.Proving.Claims;

/// <summary>Eight requests at once that each wait for 200 ms.</summary>
internal sealed class QueueWithoutThreads : IClaim
{
    private const int Count = 8;
    private const int Ms = 200;
    private const double Queue = (Count - 1) * Ms;

    // A tenth of the queue is what a busy machine may take to start eight threads.
    private static readonly Prediction Serial = new("longest queue under serial", Queue * 0.98, Queue * 1.25, "ms");
    private static readonly Prediction Threads = new("longest queue under thread", 0, Queue / 10, "ms");
    private static readonly Prediction None = Threads with { What = "the same under serial, once more", IsCounterExample = true };

    public string Name => "queue";

    public string Sentence => "Without threads requests queue: of eight waits of 200 ms the last one queues for 1.4 s, with a thread each none does";

    public IReadOnlyList<Prediction> Predictions { get; } = [Serial, Threads, None];

    public async Task<IReadOnlyList<Reading>> TakeAsync(Bench bench, CancellationToken cancellationToken)
    {
        return [new(Serial, await LongestAsync("serial")), new(Threads, await LongestAsync("thread")), new(None, await LongestAsync("serial"))];

        async Task<double> LongestAsync(string strategy) =>
            (await bench.BurstAsync(Enumerable.Repeat($"{strategy}/io?ms={Ms}", Count), cancellationToken)).Max(record => record.Needed("queue_ms"));
    }
}
