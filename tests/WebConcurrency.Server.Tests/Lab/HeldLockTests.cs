using WebConcurrency.Server.Lab;
using WebConcurrency.Server.Queueing;

namespace WebConcurrency.Server.Tests.Lab;

public sealed class HeldLockTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Wait_for_it_ends_at_its_limit()
    {
        var held = new HeldLock(TimeSpan.FromMilliseconds(20));
        using var letGo = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var started = new ManualResetEventSlim();
        var keeper = Task.Factory.StartNew(
            () =>
            {
                started.Set();
                held.Keep(60_000, letGo.Token);
            },
            Token,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        started.Wait(Token);

        // The keeper may not have it yet; then this takes it, for no time, and asks again.
        QueueTimeoutException? refusal = null;
        while (refusal is null && !keeper.IsCompleted)
        {
            refusal = Record.Exception(() => held.Keep(0, Token)) as QueueTimeoutException;
        }

        Assert.NotNull(refusal);
        Assert.Contains("/lab/lock", refusal.Message, StringComparison.Ordinal);

        // And the keeping of it when nobody wants the answer any more.
        await letGo.CancelAsync();
        await keeper;
        held.Keep(0, Token);
    }
}
