using WebConcurrency.Lab.Advising;

namespace WebConcurrency.Lab.Proving.Claims;

/// <summary>Work that waits, work that computes, and work that does both, under every strategy and under the one that is advised for it.</summary>
internal sealed class StrategyFollowsTask : IClaim
{
    private const int Connections = 16;

    private static readonly string[] Strategies = ["serial", "thread", "pool", "threadpool", "async", "gil"];
    private static readonly string[] Works = ["io?ms=20", "cpu?ms=5", "mixed?io=20&cpu=5"];
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(0.4);

    /// <summary>Within a seventh is a tie: the strategies that are good at something differ by less than a busy machine does from one second to the next.</summary>
    private static readonly Prediction[] Ties = [.. Works.Select(work => new Prediction($"throughput of the advised strategy, of the best: {work}", 0.85, double.PositiveInfinity))];

    private static readonly Prediction Serial = Ties[0] with { What = $"the same of serial: {Works[0]}", IsCounterExample = true };

    private int _turns;

    public string Name => "strategy";

    public string Sentence => "The strategy should follow the task: for waiting, computing and both, the advised one wins or ties";

    public IReadOnlyList<Prediction> Predictions { get; } = [.. Ties, Serial];

    public async Task<IReadOnlyList<Reading>> TakeAsync(Bench bench, CancellationToken cancellationToken)
    {
        var readings = new List<Reading>();
        for (var i = 0; i < Works.Length; i++)
        {
            var profile = await WorkProfile.MeasureAsync(bench.Client, Works[i], WorkProfile.FewestSamples, cancellationToken);
            var advised = StrategyRule.For(profile.WaitMs, profile.ComputeMs);
            var rates = new Dictionary<string, double>();

            // To and fro, so that none is always first.
            foreach (var strategy in _turns++ % 2 == 0 ? Strategies : Strategies.Reverse())
            {
                rates[strategy] = await bench.ThroughputAsync($"{strategy}/{Works[i]}", Connections, Slice, cancellationToken);
            }

            readings.Add(new(Ties[i], rates[advised] / rates.Values.Max()));
            if (i == 0)
            {
                readings.Add(new(Serial, rates["serial"] / rates.Values.Max()));
            }
        }

        return readings;
    }
}
