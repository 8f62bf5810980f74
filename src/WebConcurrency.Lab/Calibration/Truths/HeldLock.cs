using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Calibration.Truths;

/// <summary>One request keeps a monitor and waits without a name for its wait; another one wants the monitor.</summary>
internal sealed class HeldLock : IKnownTruth
{
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(50);

    private static readonly Figure Lock = new("lock_ms", "a monitor that another one keeps, by a stopwatch");
    private static readonly Figure Unexplained = new("unexplained_ms", "the keeper's wait without a name, by a stopwatch");
    private static readonly Figure Blocker = new("blocked_by", "whether it names the keeper") { Unit = Unit.Times, Slack = 0 };

    public string Name => "a held lock";

    public IReadOnlyList<Figure> Figures { get; } = [Lock, Unexplained, Blocker];

    public string? Obstacle(ServerFacts server) => server.Lab is null ? Answers.LabIsOff : null;

    public async Task<IReadOnlyList<Sample>> TakeAsync(ServerClient client, ServerFacts server, CancellationToken cancellationToken)
    {
        var keeping = client.AskAsync("lab/lock?ms=300", cancellationToken);
        await Task.Delay(HeadStart, cancellationToken);
        var waiting = client.AskAsync("lab/lock?ms=0", cancellationToken);
        var (keeper, waiter) = (await keeping, await waiting);
        if (waiter.Number("waited.took_ms") < keeper.Number("waited.took_ms"))
        {
            // It overtook.
            (keeper, waiter) = (waiter, keeper);
        }

        var kept = await client.RecordAsync(keeper, cancellationToken);
        var waited = await client.RecordAsync(waiter, cancellationToken);
        double? named = waited["lock_ms"] is null ? null : waited.BlockedBy.SequenceEqual([keeper.Id]) ? 1 : 0;
        return
        [
            new Sample(Lock, waiter.Blocked("waited"), waited),
            new Sample(Unexplained, keeper.Blocked("held"), kept),
            new Sample(Blocker, Known.Exactly(1), named, waited),
        ];
    }
}
