using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Calibration.Truths;

/// <summary>Where a server's <c>/lab</c> is off: a request that only computes is on a CPU or wants one, all the time that its client waits.</summary>
internal sealed class SpinSeenFromOutside : IKnownTruth
{
    private static readonly Figure Both = new("cpu_ms + runnable_ms", "computing, and nothing else that the client waited for");

    public string Name => "a spin, seen from outside";

    public IReadOnlyList<Figure> Figures { get; } = [Both];

    public string? Obstacle(ServerFacts server) => null;

    public async Task<IReadOnlyList<Sample>> TakeAsync(ServerClient client, ServerFacts server, CancellationToken cancellationToken)
    {
        var reply = await client.AskAsync("thread/cpu?ms=1000", cancellationToken);
        var record = await client.RecordAsync(reply, cancellationToken);
        return [new Sample(Both, Known.Between(reply.LatencyMs - (2 * server.RoundTripMs), reply.LatencyMs), record["cpu_ms"] + record["runnable_ms"], record)];
    }
}
