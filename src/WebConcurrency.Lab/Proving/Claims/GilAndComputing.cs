namespace WebConcurrency.Lab.Proving.Claims;

/// <summary>Several requests compute at once, with the one lock and without.</summary>
/// <param name="cores">Processors of the server.</param>
internal sealed class GilAndComputing(int cores) : IClaim
{
    private const string Work = "cpu?ms=20";

    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(0.9);

    private readonly Prediction _gil = new("gain of two under gil, in times of one", 0.8, 1.15);
    private readonly Prediction _free = new($"gain of {cores} under thread, in times of one", Math.Max(0.72 * cores, 1), 1.2 * cores);
    private readonly Prediction _none = new($"that {cores} gain nothing, of thread", 0.8, 1.15) { IsCounterExample = true };

    public string Name => "gil-cpu";

    public string Sentence => "Under a global lock threads gain nothing for computing; without it they gain up to the number of cores";

    public IReadOnlyList<Prediction> Predictions => cores > 1 ? [_gil, _free, _none] : [_gil, _free];

    public async Task<IReadOnlyList<Reading>> TakeAsync(Bench bench, CancellationToken cancellationToken)
    {
        var one = await RateAsync("gil", 1);
        var two = await RateAsync("gil", 2);
        var thread = await RateAsync("thread", 1);
        var threads = await RateAsync("thread", cores);
        return [new(_gil, two / one), new(_free, threads / thread), new(_none, threads / thread)];

        Task<double> RateAsync(string strategy, int connections) => bench.ThroughputAsync($"{strategy}/{Work}", connections, Slice, cancellationToken);
    }
}
