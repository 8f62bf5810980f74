namespace WebConcurrency.Lab.Proving.Claims;

/// <summary>Several requests wait at once under the one lock, which is let go for a wait.</summary>
internal sealed class GilAndWaiting : IClaim
{
    private const int Count = 8;
    private const string Work = "io?ms=50";

    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(0.9);

    private static readonly Prediction Gil = new($"gain of {Count} under gil, in times of one", Count * 0.8, Count * 1.1);
    private static readonly Prediction Serial = Gil with { What = $"gain of {Count} under serial, in times of one", IsCounterExample = true };

    public string Name => "gil-io";

    public string Sentence => "Under a global lock threads gain nearly their number for waiting";

    public IReadOnlyList<Prediction> Predictions { get; } = [Gil, Serial];

    public async Task<IReadOnlyList<Reading>> TakeAsync(Bench bench, CancellationToken cancellationToken)
    {
        var one = await RateAsync("gil", 1);
        return [new(Gil, await RateAsync("gil", Count) / one), new(Serial, await RateAsync("serial", Count) / one)];

        Task<double> RateAsync(string strategy, int connections) => bench.ThroughputAsync($"{strategy}/{Work}", connections, Slice, cancellationToken);
    }
}
