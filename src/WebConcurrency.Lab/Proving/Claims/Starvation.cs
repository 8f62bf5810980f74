using WebConcurrency.Lab.Load;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Proving.Claims;

/// <summary>More requests wait at once than the thread pool has threads, and others ask for next to nothing meanwhile.</summary>
internal sealed class Starvation : IClaim
{
    private const int Ms = 700;

    /// <summary>So many more than the pool has.</summary>
    private const int More = 16;

    /// <summary>A server admits some 200.</summary>
    private const int MostBlocked = 120;

    private const double Jump = Ms / 3.0;

    private static readonly TimeSpan HeadStart = TimeSpan.FromSeconds(0.4);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(1.2);

    private static readonly Prediction Starved = new("longest of others' latencies while threadpool is blocked", Jump, double.PositiveInfinity, "ms");
    private static readonly Prediction Share = new("the same while as many block threads of their own, as a share of it", 0, 0.5);
    private static readonly Prediction Owned = Starved with { What = "that latencies jump, of threads of their own", IsCounterExample = true };

    public string Name => "starvation";

    public string Sentence => "Whoever blocks the thread pool makes the latency of all others jump; whoever blocks threads of their own does not";

    public IReadOnlyList<Prediction> Predictions { get; } = [Starved, Share, Owned];

    public async Task<IReadOnlyList<Reading>> TakeAsync(Bench bench, CancellationToken cancellationToken)
    {
        var blocked = Math.Min((await bench.ProcessAsync(cancellationToken)).PoolThreads + More, MostBlocked);
        var owned = await LongestAsync("pool");
        var starved = await LongestAsync("threadpool");
        return [new(Starved, starved), new(Share, owned / starved), new(Owned, owned)];

        async Task<double> LongestAsync(string strategy)
        {
            // Due all the same, whatever becomes of those before; and connections that are there already, because nobody could accept them.
            var plan = new LoadPlan("plain", 64, Watched) { Rate = 50, WarmUp = HeadStart + (HeadStart / 4) };
            var others = LoadGenerator.RunAsync(bench.Client.Address, plan, cancellationToken);
            await Bench.BesideAsync(
                others,
                async () =>
                {
                    await Task.Delay(HeadStart, cancellationToken);
                    await Task.WhenAll(Enumerable.Repeat($"{strategy}/io?ms={Ms}", blocked).Select(path => bench.Client.ReadAsync(path, cancellationToken)));
                    return blocked;
                });
            var result = await others;
            return result.Failure is { } failure ? throw new ServerException(failure) : result.Latency.PercentileMs(100);
        }
    }
}
