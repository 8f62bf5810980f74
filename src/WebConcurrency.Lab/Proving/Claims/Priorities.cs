using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Proving.Claims;

/// <summary>On each core one request of low priority computes while one of normal priority does.</summary>
internal sealed class Priorities : IClaim
{
    private const int NormalMs = 1_800;
    private const int LowMs = 160;

    /// <summary>Weights of nice 10 and nice 0, <c>sched_prio_to_weight</c> in the kernel's <c>kernel/sched/core.c</c>.</summary>
    private const double Low = 110, Normal = 1024;

    // The kernel balances between cores by moving threads, so that it is near and not exact. Others on the machine take from both alike.
    private static readonly Prediction Weighted = new("share of a CPU that low priority got, of that of normal priority", Low / Normal / 1.7, Low / Normal * 1.7);
    private static readonly Prediction Equal = Weighted with { What = "the same of normal priority", IsCounterExample = true };

    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(60);

    public string Name => "priority";

    public string Sentence => "And it deals them by priority: shares follow the kernel's weights, here 110 beside 1024";

    public IReadOnlyList<Prediction> Predictions { get; } = [Weighted, Equal];

    public async Task<IReadOnlyList<Reading>> TakeAsync(Bench bench, CancellationToken cancellationToken)
    {
        return [new(Weighted, await ShareAsync("low", NormalMs)), new(Equal, await ShareAsync("normal", NormalMs / 4))];

        // The others compute for so long that they outlast these, whose time is then all beside them.
        async Task<double> ShareAsync(string priority, int others)
        {
            var normal = bench.BurstAsync(Enumerable.Repeat($"thread/cpu?ms={others}", bench.Cores), cancellationToken);
            var records = await Bench.BesideAsync(
                normal,
                async () =>
                {
                    await Task.Delay(HeadStart, cancellationToken);
                    return await bench.BurstAsync(Enumerable.Repeat($"thread/cpu?ms={LowMs}&priority={priority}", bench.Cores), cancellationToken);
                });
            return Share(records) / Share(await normal);
        }

        static double Share(IReadOnlyList<ServerRecord> records) =>
            records.Sum(record => record.Needed("cpu_ms")) / records.Sum(record => record.Needed("cpu_ms") + record.Needed("runnable_ms"));
    }
}
