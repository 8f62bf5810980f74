using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Calibration.Truths;

/// <summary>PostgreSQL sleeps: not shorter than it was told, and not longer than the client waited for its answer.</summary>
internal sealed class DatabaseSleep : IKnownTruth
{
    private const int Ms = 200;

    private static readonly Figure Database = new("db_ms", $"{Ms} ms of pg_sleep, no more than the client waited");
    private static readonly Figure Wall = new("wall_ms", "the same of the whole request");

    public string Name => "a sleep in PostgreSQL";

    public IReadOnlyList<Figure> Figures { get; } = [Database, Wall];

    public string? Obstacle(ServerFacts server) => null;

    public async Task<IReadOnlyList<Sample>> TakeAsync(ServerClient client, ServerFacts server, CancellationToken cancellationToken)
    {
        var reply = await client.AskAsync($"thread/io?ms={Ms}", cancellationToken);
        var record = await client.RecordAsync(reply, cancellationToken);
        var known = Known.Between(Ms, reply.LatencyMs);
        return [new Sample(Database, known, record), new Sample(Wall, known, record)];
    }
}
