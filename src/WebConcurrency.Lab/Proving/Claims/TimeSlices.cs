namespace WebConcurrency.Lab.Proving.Claims;

/// <summary>Twice as many requests compute as there are cores.</summary>
internal sealed class TimeSlices : IClaim
{
    private const int Ms = 400;

    // Others on the machine take from all alike, and make all wait longer.
    private static readonly Prediction Equal = new("least share of a CPU that one got, of the greatest", 0.6, 1);
    private static readonly Prediction Runnable = new("runnable time, in times of CPU time", 0.7, double.PositiveInfinity);
    private static readonly Prediction Switches = new("times that its CPU was taken from one", 10, double.PositiveInfinity);
    private static readonly Prediction Alone = Runnable with { What = "runnable time under serial, in times of CPU time", IsCounterExample = true };

    public string Name => "slices";

    public string Sentence => "The system deals time slices: twice as many that compute as cores get equal shares";

    public IReadOnlyList<Prediction> Predictions { get; } = [Equal, Runnable, Switches, Alone];

    public async Task<IReadOnlyList<Reading>> TakeAsync(Bench bench, CancellationToken cancellationToken)
    {
        var (shares, runnable, switches) = await CrowdAsync("thread");
        var (_, alone, _) = await CrowdAsync("serial");
        return [new(Equal, shares.Min() / shares.Max()), new(Runnable, runnable), new(Switches, switches), new(Alone, alone)];

        async Task<(List<double> Shares, double Runnable, double Switches)> CrowdAsync(string strategy)
        {
            var records = await bench.BurstAsync(Enumerable.Repeat($"{strategy}/cpu?ms={Ms}", 2 * bench.Cores), cancellationToken);
            return (
                [.. records.Select(record => record.Needed("cpu_ms") / (record.Needed("cpu_ms") + record.Needed("runnable_ms")))],
                records.Sum(record => record.Needed("runnable_ms")) / records.Sum(record => record.Needed("cpu_ms")),
                records.Min(record => record.Needed("switches.involuntary")));
        }
    }
}
