using WebConcurrency.Lab.Load;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Advising;

/// <summary>Measures what an advice is made of, and what a server does with the setting that was advised.</summary>
internal sealed class Advisor(string work, double utilisation, TimeSpan slice)
{
    private const int ProfileSamples = 30;

    /// <summary>Up the levels and down again: what a moment does to the machine is not one level's alone.</summary>
    private const int Rounds = 2;

    /// <summary>A request that takes longer would be turned away from the queue, which lasts a second.</summary>
    private const double LongestToQueueMs = 400;

    /// <summary>How many steps <see cref="MeasureAsync"/> and a check tell of.</summary>
    public static int Steps => (Rounds * Levels.Count) + 3;

    /// <summary>What was measured so far; <see langword="null"/> before the profile.</summary>
    public Measurement? Measured { get; private set; }

    public async Task<Measurement> MeasureAsync(ServerClient client, OwnedServer? own, Action<string> progress, CancellationToken cancellationToken)
    {
        var server = await client.FactsAsync(cancellationToken);
        var lab = server.Lab ?? throw new ServerException($"The server at {client.Address} has its /lab off: start it with Lab__Enabled=true.");
        progress("warming up");
        await NewServer.WarmUpAsync(client.Address, own is not null, [$"pool/{work}", $"async/{work}"], cancellationToken);
        progress("one request alone");
        var profile = await WorkProfile.MeasureAsync(client, work, ProfileSamples, cancellationToken);
        var threads = Advice.ThreadsFor(lab.Cores, utilisation, profile.WaitMs, profile.ComputeMs);
        var strategy = StrategyRule.For(profile.WaitMs, profile.ComputeMs);
        var account = new CpuAccount(client, own);
        var most = Measurement.MostAtOnce(profile, lab.Connections);
        var results = Levels.Around(threads, strategy == "async" ? most : Math.Min(most, StrategyRule.MostThreads))
            .ToDictionary(level => level, _ => new List<LoadResult>());
        var (cpu, finished) = (0.0, 0L);
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var level in round % 2 == 0 ? results.Keys.Order() : results.Keys.OrderDescending())
            {
                progress($"{level} at once");
                var finishedBefore = await client.FinishedAsync(cancellationToken);
                var cpuBefore = await account.ReadAsync(cancellationToken);
                results[level].Add(await LoadAsync(client.Address, strategy, level, slice / 4, slice, cancellationToken));

                // An account that falls was not read whole; one such level spoils the sum, and not a number stays none.
                var used = await account.ReadAsync(cancellationToken) - cpuBefore;
                cpu += used >= 0 ? used : double.NaN;
                finished += await client.FinishedAsync(cancellationToken) - finishedBefore;
                Measured = new Measurement(lab.Cores, profile, lab.Connections, finished == 0 ? profile.ComputeMs : cpu / finished, account.Of, Points(results));
            }
        }

        return Measured!;
    }

    /// <summary>Asks the server for as much as it takes: half as many more as it serves at once, so that the setting is the limit and not who asks.</summary>
    public Task<LoadResult> CheckAsync(Uri address, Advice advice, CancellationToken cancellationToken) =>
        LoadAsync(
            address,
            advice.Strategy,
            advice.Measured.Profile.WaitMs + advice.Measured.CpuMs > LongestToQueueMs ? advice.Threads : advice.Threads + (advice.Threads / 2),
            NewServer.WarmUp,
            2 * slice,
            cancellationToken);

    private async Task<LoadResult> LoadAsync(Uri address, string strategy, int atOnce, TimeSpan warmUp, TimeSpan measured, CancellationToken cancellationToken)
    {
        var plan = new LoadPlan($"{strategy}/{work}", atOnce, measured) { WarmUp = warmUp };
        var load = await LoadGenerator.RunAsync(address, plan, cancellationToken);
        return load.Failure is { } failure ? throw new ServerException(failure) : load;
    }

    private static List<ScalePoint> Points(Dictionary<int, List<LoadResult>> results) =>
    [
        .. from level in results
           where level.Value.Count > 0
           orderby level.Key
           select new ScalePoint(
               level.Key,
               level.Value.Average(load => load.PerSecond),
               level.Value.Sum(load => load.Answered),
               level.Value.Sum(load => load.Failed),
               level.Value.Exists(load => load.GeneratorIsBottleneck)),
    ];
}
