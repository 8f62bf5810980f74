using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Calibration.Truths;

/// <summary>A request allocates a known amount and forces a garbage collection, and the runtime says for how long it had stopped everybody.</summary>
internal sealed class Collection : IKnownTruth
{
    private static readonly Figure Gc = new("gc_ms", "a forced collection, by GC.GetTotalPauseDuration()");
    private static readonly Figure Allocated = new("allocated_bytes", "arrays of a known size") { Unit = Unit.Bytes, Slack = 64 * 1024 };

    public string Name => "a forced garbage collection";

    public IReadOnlyList<Figure> Figures { get; } = [Gc, Allocated];

    public string? Obstacle(ServerFacts server) => server.Lab is null ? Answers.LabIsOff : null;

    public async Task<IReadOnlyList<Sample>> TakeAsync(ServerClient client, ServerFacts server, CancellationToken cancellationToken)
    {
        var reply = await client.AskAsync("lab/gc", cancellationToken);
        var record = await client.RecordAsync(reply, cancellationToken);
        return [new Sample(Gc, reply.Known("pause_ms"), record), new Sample(Allocated, reply.Known("allocated_bytes"), record)];
    }
}
