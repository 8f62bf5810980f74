using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Calibration.Truths;

/// <summary>All threads of the thread pool are blocked for a known time: nothing that comes meanwhile is even read.</summary>
internal sealed class StarvedPool : IKnownTruth
{
    /// <summary>The recorder's probe looks so often: its item may have been put in so much later than the truth's own.</summary>
    private const double ProbePeriod = 250;

    /// <summary>A tick of the slowest kernels, 100 Hz.</summary>
    private const double Tick = 10;

    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(100);

    private static readonly Figure Delay = new("pool_delay_ms", "an item behind 64 that block; the probe looks every 250 ms");
    private static readonly Figure Arrival = new("arrival_ms", "what a client waited for an empty request meanwhile");

    public string Name => "a starved thread pool";

    public IReadOnlyList<Figure> Figures { get; } = [Delay, Arrival];

    public string? Obstacle(ServerFacts server) => server.Lab is null ? Answers.LabIsOff : null;

    public async Task<IReadOnlyList<Sample>> TakeAsync(ServerClient client, ServerFacts server, CancellationToken cancellationToken)
    {
        // Two connections, accepted before nobody can accept any.
        await Task.WhenAll(client.ReadAsync("thread/io?ms=20", cancellationToken), client.ReadAsync("thread/io?ms=20", cancellationToken));

        var starving = client.AskAsync("lab/starve?threads=64&ms=1000", cancellationToken);
        await Task.Delay(HeadStart, cancellationToken);
        var meanwhile = await client.AskAsync("async/cpu?ms=0", cancellationToken);
        var starved = await starving;
        var delay = starved.Number("delay_ms");
        var latency = meanwhile.LatencyMs;
        return
        [
            new Sample(Delay, Known.Between(delay - ProbePeriod, delay), await client.RecordAsync(starved, cancellationToken)),
            new Sample(
                Arrival,
                Known.Between(latency - (2 * server.RoundTripMs) - Tick, latency + Tick),
                await client.RecordAsync(meanwhile, cancellationToken)),
        ];
    }
}
