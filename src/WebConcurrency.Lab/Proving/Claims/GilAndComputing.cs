namespace WebConcurrency.Lab.Proving.Claims;

/// <summary>Several requests compute at once, with the one lock and without.</summary>
/// <param name="cores">Processors of the server.</param>
internal sealed class GilAndComputing(int cores) : IClaim
{
    private const string Work = "cpu?ms=20";

    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(0.9);

    private readonly Prediction _gil = new("gain of two under gil, in times of one", 0.8, 1.15);
    private readonly Prediction _free = new($"gain of {cores} under thread, in times of one", Least(cores), 1.2 * cores);

    public string Name => "gil-cpu";

    public string Sentence => "Under a global lock threads gain nothing for computing; without it they gain up to the number of cores";

    public IReadOnlyList<Prediction> Predictions => cores > 1 ? [_gil, _free, Locked] : [_gil, _free];

    private Prediction Locked => _free with { What = $"the same of {cores} under gil", IsCounterExample = true };

    /// <summary>On one core as many gain nothing, and a noisy machine takes some of that.</summary>
    internal static double Least(int cores) => cores == 1 ? 0.8 : Math.Max(0.72 * cores, 1);

    public async Task<IReadOnlyList<Reading>> TakeAsync(Bench bench, CancellationToken cancellationToken)
    {
        var one = await RateAsync("gil", 1);
        var two = await RateAsync("gil", 2);
        var thread = await RateAsync("thread", 1);
        var threads = await RateAsync("thread", cores);
        List<Reading> readings = [new(_gil, two / one), new(_free, threads / thread)];
        if (cores > 1)
        {
            // A reading of its own: one that was judged already could not fail by itself.
            readings.Add(new(Locked, await RateAsync("gil", cores) / one));
        }

        return readings;

        Task<double> RateAsync(string strategy, int connections) => bench.ThroughputAsync($"{strategy}/{Work}", connections, Slice, cancellationToken);
    }
}
