using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Proving.Claims;

/// <summary>Sixty-four requests wait at once; the server's memory and threads before, meanwhile and after.</summary>
internal sealed class MemoryOnDemand : IClaim
{
    private const int Count = 64;
    private const int WarmUps = 2;

    /// <summary>What the server reserves for the stack of an owned thread.</summary>
    private const double StackKib = 1_024;

    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan ShortWait = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan UntilAllEnded = TimeSpan.FromMilliseconds(150);

    private static readonly Prediction Threads = new($"threads more while {Count} wait under thread", Count * 0.9, Count * 1.2);
    private static readonly Prediction Memory = new("resident memory for each of them, of a stack of 1,024 KiB", double.NegativeInfinity, StackKib / 4, "KiB");
    private static readonly Prediction Returned = new("threads left of them afterwards", 0, Count * 0.1);

    // What a young server's heap and code grow by meanwhile is in it as well, up to two megabytes in all.
    private static readonly Prediction Kept = new("resident memory left of each afterwards, the server's own growth included", double.NegativeInfinity, StackKib / 16, "KiB");
    private static readonly Prediction Async = Threads with { What = $"threads more while {Count} wait under async", IsCounterExample = true };

    public string Name => "memory";

    public string Sentence => "Memory is given on demand and returned: a waiting thread takes a part of its stack, and nothing once it ended";

    public IReadOnlyList<Prediction> Predictions { get; } = [Threads, Memory, Returned, Kept, Async];

    public async Task<IReadOnlyList<Reading>> TakeAsync(Bench bench, CancellationToken cancellationToken)
    {
        // Connections stay, and so does the heap's memory that as many requests take: both must be there before.
        for (var i = 0; i < WarmUps; i++)
        {
            await WatchAsync("thread", ShortWait);
        }

        var (before, meanwhile, after) = await WatchAsync("thread", Wait);
        var (without, awaiting, _) = await WatchAsync("async", Wait);
        return
        [
            new(Threads, meanwhile.Threads - before.Threads),
            new(Memory, KibEach(meanwhile, before)),
            new(Returned, Math.Max(0, after.Threads - before.Threads)),
            new(Kept, KibEach(after, before)),
            new(Async, awaiting.Threads - without.Threads),
        ];

        async Task<(LabFacts Before, LabFacts Meanwhile, LabFacts After)> WatchAsync(string strategy, TimeSpan wait)
        {
            await CollectAsync();
            var before = await bench.ProcessAsync(cancellationToken);
            var waiters = Task.WhenAll(
                Enumerable.Repeat($"{strategy}/io?ms={wait.TotalMilliseconds:0}", Count).Select(path => bench.Client.ReadAsync(path, cancellationToken)));
            await Task.Delay(wait / 2, cancellationToken);
            var meanwhile = await bench.ProcessAsync(cancellationToken);
            await waiters;
            await Task.Delay(UntilAllEnded, cancellationToken);
            await CollectAsync();
            return (before, meanwhile, await bench.ProcessAsync(cancellationToken));
        }

        Task CollectAsync() => bench.Client.ReadAsync("lab/gc", cancellationToken);
    }

    private static double KibEach(LabFacts now, LabFacts before) => (now.WorkingSetBytes - before.WorkingSetBytes) / 1_024.0 / Count;
}
