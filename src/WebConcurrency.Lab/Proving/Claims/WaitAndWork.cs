namespace WebConcurrency.Lab.Proving.Claims;

/// <summary>One request waits for the database, and another one comes meanwhile and computes.</summary>
internal sealed class WaitAndWork : IClaim
{
    private const int WaitMs = 600;
    private const int WorkMs = 200;

    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(60);

    private static readonly Prediction Covered = new("of the worker's time on or for a CPU, covered in the other's wait under thread", 95, 105, "%");
    private static readonly Prediction Never = Covered with { What = "the same under serial", IsCounterExample = true };
    private static readonly Prediction Zero = new("covered under serial", 0, 0, "ms");

    public string Name => "overlap";

    public string Sentence => "One thread waits while another one works: what overlaps is covered, and under serial nothing is";

    public IReadOnlyList<Prediction> Predictions { get; } = [Covered, Never, Zero];

    public async Task<IReadOnlyList<Reading>> TakeAsync(Bench bench, CancellationToken cancellationToken)
    {
        var (covered, possible) = await PairAsync("thread");
        var (none, _) = await PairAsync("serial");
        var (never, equally) = await PairAsync("serial");
        return [new(Covered, 100 * covered / possible), new(Never, 100 * never / equally), new(Zero, none)];

        async Task<(double Covered, double Possible)> PairAsync(string strategy)
        {
            var waiting = bench.Client.AskAsync($"{strategy}/io?ms={WaitMs}", cancellationToken);
            var worker = await Bench.BesideAsync(
                waiting,
                async () =>
                {
                    await Task.Delay(HeadStart, cancellationToken);
                    return await bench.Client.RecordAsync(await bench.Client.AskAsync($"{strategy}/cpu?ms={WorkMs}", cancellationToken), cancellationToken);
                });
            var waiter = await bench.Client.RecordAsync(await waiting, cancellationToken);

            // By the system's account of its thread, not by the recorder's clock.
            return (waiter.Needed("covered_ms"), worker.Needed("cpu_ms") + worker.Needed("runnable_ms"));
        }
    }
}
