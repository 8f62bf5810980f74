using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Calibration.Truths;

/// <summary>Some requests have what another one wants: it waits from when it was sent until the first of them is done.</summary>
internal sealed class WaitingBehind : IKnownTruth
{
    private const int Ms = 400;

    /// <summary>More holders than this are a load and no measurement.</summary>
    private const int MostConnections = 16;

    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(100);

    private WaitingBehind(string name, Figure figure) => (Name, Figures) = (name, [figure]);

    public static WaitingBehind OneThread { get; } =
        new("one thread for all", new("queue_ms", "behind another one under serial, by the client's clock"))
        {
            Holder = $"serial/io?ms={Ms}",
            Waiter = "serial/cpu?ms=0",
        };

    public static WaitingBehind AllConnections { get; } =
        new("an exhausted gate", new("connection_ms", "others have all connections, by the client's clock"))
        {
            Holder = $"thread/io?ms={Ms}",
            Waiter = "thread/io?ms=0",
            Holders = static lab => lab.Connections,
            Unfit = static lab => lab.Connections > MostConnections ? $"it has {lab.Connections} connections: start the server with Postgres__Connections=1" : null,
        };

    /// <summary>Its holder computes, which takes what the machine needs for it; those that sleep in PostgreSQL never sleep too short.</summary>
    public static WaitingBehind OneLock { get; } =
        new("the lock to compute", new("gil_ms", "behind another one under gil, by the client's clock"))
        {
            Holder = $"gil/cpu?ms={Ms}",
            HolderSleeps = false,
            Waiter = "gil/cpu?ms=0",
            Unfit = static lab => lab.GilSwitchIntervalMs < 4 * Ms
                ? $"a holder gives the lock up after {lab.GilSwitchIntervalMs} ms: start the server with Gil__SwitchIntervalMs=10000"
                : null,
        };

    public string Name { get; }

    public IReadOnlyList<Figure> Figures { get; }

    private string Holder { get; init; } = "";

    private bool HolderSleeps { get; init; } = true;

    private string Waiter { get; init; } = "";

    private Func<LabFacts, int> Holders { get; init; } = static _ => 1;

    /// <summary>Why a server's settings hide it; <see langword="null"/>: none can.</summary>
    private Func<LabFacts, string?>? Unfit { get; init; }

    public string? Obstacle(ServerFacts server) => Unfit is null ? null : server.Lab is null ? Answers.LabIsOff : Unfit(server.Lab);

    public async Task<IReadOnlyList<Sample>> TakeAsync(ServerClient client, ServerFacts server, CancellationToken cancellationToken)
    {
        var count = server.Lab is { } lab ? Holders(lab) : 1;
        var holding = Task.WhenAll(Enumerable.Range(0, count).Select(_ => client.AskAsync(Holder, cancellationToken)));
        await Task.Delay(HeadStart, cancellationToken);
        var waiter = await client.AskAsync(Waiter, cancellationToken);
        var holders = await holding;

        // It ends not later than the holder's client knew of the end.
        var most = Math.Min(waiter.LatencyMs, holders.Min(holder => Reply.MillisecondsBetween(waiter.Started, holder.Ended)));
        var least = most - (2 * server.RoundTripMs);
        if (HolderSleeps)
        {
            // And not before the holder has had its sleep.
            least = Math.Min(least, holders.Min(holder => Reply.MillisecondsBetween(waiter.Started, holder.Started)) + Ms - server.RoundTripMs);
        }

        return most < HeadStart.TotalMilliseconds
            ? []
            : [new Sample(Figures[0], Known.Between(least, most), await client.RecordAsync(waiter, cancellationToken))];
    }
}
