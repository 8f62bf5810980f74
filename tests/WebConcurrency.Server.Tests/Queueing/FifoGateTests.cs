using Microsoft.Extensions.Time.Testing;
using WebConcurrency.Server.Queueing;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Queueing;

public sealed class FifoGateTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Blocking_and_async_callers_are_served_in_order_of_arrival()
    {
        var gate = new FifoGate("gate", 1, 10, Long, TimeProvider.System);
        gate.Enter(Token);
        var served = new List<int>();
        var callers = new List<Task>();
        for (var i = 0; i < 10; i++)
        {
            var number = i;
            callers.Add(number % 2 == 0
                ? Task.Factory.StartNew(() => { gate.Enter(Token); Served(number); }, Token, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                : Task.Run(async () => { await gate.EnterAsync(Token); Served(number); }, Token));
            await UntilWaitingAsync(gate, number + 1);
        }

        gate.Release();
        await Task.WhenAll(callers);

        Assert.Equal(Enumerable.Range(0, 10), served);
        Assert.Equal((0, 0), (gate.InUse, gate.Waiting));
        return;

        void Served(int number)
        {
            // The permit makes this exclusive.
            served.Add(number);
            gate.Release();
        }
    }

    [Fact]
    public async Task Freed_permit_goes_to_the_waiter_and_not_to_whoever_comes_next()
    {
        var gate = new FifoGate("gate", 1, 10, Long, TimeProvider.System);
        gate.Enter(Token);
        var waiter = gate.EnterAsync(Token).AsTask();
        gate.Release();

        Assert.False(gate.TryEnter());
        await waiter;
    }

    [Fact]
    public async Task Full_queue_refuses_by_name_and_limit()
    {
        var gate = new FifoGate("the bakery", 1, 1, Long, TimeProvider.System);
        gate.Enter(Token);
        var waiter = gate.EnterAsync(Token).AsTask();

        var refused = await Assert.ThrowsAsync<QueueFullException>(async () => await gate.EnterAsync(Token));
        Assert.Throws<QueueFullException>(() => gate.Enter(Token));

        Assert.Contains("the bakery", refused.Message, StringComparison.Ordinal);
        Assert.Contains("1 inside and 1 waiting are the limits", refused.Message, StringComparison.Ordinal);
        gate.Release();
        await waiter;
    }

    [Fact]
    public async Task Async_waiter_gives_up_at_the_limit_and_leaves_the_queue()
    {
        var gate = new FifoGate("gate", 1, 10, Long, _time);
        gate.Enter(Token);
        var waiter = gate.EnterAsync(Token).AsTask();
        _time.Advance(Long - TimeSpan.FromMilliseconds(1));
        Assert.False(waiter.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        await Assert.ThrowsAsync<QueueTimeoutException>(() => waiter);
        Assert.Equal(0, gate.Waiting);
    }

    [Fact]
    public async Task Crowd_that_came_at_once_gives_up_at_its_limit_and_whoever_came_later_at_his()
    {
        var gate = new FifoGate("gate", 1, 200, Long, _time);
        gate.Enter(Token);
        var crowd = Enumerable.Range(0, 100).Select(_ => gate.EnterAsync(Token).AsTask()).ToList();
        _time.Advance(TimeSpan.FromSeconds(10));
        var later = gate.EnterAsync(Token).AsTask();
        _time.Advance(Long - TimeSpan.FromSeconds(10) - TimeSpan.FromMilliseconds(1));
        Assert.DoesNotContain(crowd, waiter => waiter.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        foreach (var waiter in crowd)
        {
            await Assert.ThrowsAsync<QueueTimeoutException>(() => Eventually.EndsAsync(waiter, "a waiter to give up"));
        }

        Assert.Equal(1, gate.Waiting);
        _time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromMilliseconds(1));
        Assert.False(later.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await Assert.ThrowsAsync<QueueTimeoutException>(() => Eventually.EndsAsync(later, "the last waiter to give up"));
    }

    [Fact]
    public async Task Time_of_one_that_was_served_is_not_the_next_one_s()
    {
        var gate = new FifoGate("gate", 1, 10, Long, _time);
        gate.Enter(Token);
        var first = gate.EnterAsync(Token).AsTask();
        _time.Advance(TimeSpan.FromSeconds(10));
        var second = gate.EnterAsync(Token).AsTask();
        gate.Release();
        await first;
        _time.Advance(Long - TimeSpan.FromMilliseconds(1));
        Assert.False(second.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await Assert.ThrowsAsync<QueueTimeoutException>(() => Eventually.EndsAsync(second, "the second to give up"));

        // When nobody waits any more the time begins anew.
        var third = gate.EnterAsync(Token).AsTask();
        _time.Advance(Long);
        await Assert.ThrowsAsync<QueueTimeoutException>(() => Eventually.EndsAsync(third, "the third to give up"));
    }

    [Fact]
    public void Blocking_waiter_gives_up_at_the_limit_and_leaves_the_queue()
    {
        var gate = new FifoGate("gate", 1, 10, TimeSpan.FromMilliseconds(20), TimeProvider.System);
        gate.Enter(Token);

        Assert.Throws<QueueTimeoutException>(() => gate.Enter(Token));
        Assert.Equal(0, gate.Waiting);
    }

    /// <summary>Not async: what awaited here would itself wait for the thread pool.</summary>
    [Fact]
    public void Blocking_waiter_gives_up_in_time_while_the_thread_pool_starves()
    {
        var limit = TimeSpan.FromSeconds(1);
        using var hold = new ManualResetEventSlim();

        // Threads that the pool has from earlier tests are held as well. What is queued behind them all shows that none was left over.
        using var held = new CountdownEvent(40 + ThreadPool.ThreadCount);
        for (var item = held.InitialCount; item > 0; item--)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    hold.Wait();
                    held.Signal();
                },
                null);
        }

        using var behind = new ManualResetEventSlim();
        ThreadPool.UnsafeQueueUserWorkItem(_ => behind.Set(), null);
        try
        {
            var took = new TimeSpan[5];
            var waiters = Enumerable.Range(0, took.Length).Select(i => new Thread(() => took[i] = TimeToGiveUp(limit)) { IsBackground = true }).ToList();
            waiters.ForEach(waiter => waiter.Start());
            waiters.ForEach(waiter => waiter.Join());

            Assert.False(behind.IsSet);
            Assert.All(took, time => Assert.True(time >= limit, $"{time}"));
            Assert.InRange(took.Order().ElementAt(took.Length / 2), limit, limit * 1.1);
        }
        finally
        {
            hold.Set();
            Assert.True(held.Wait(TimeSpan.FromSeconds(60), Token) && behind.Wait(TimeSpan.FromSeconds(60), Token), "the thread pool did not recover");
        }

        static TimeSpan TimeToGiveUp(TimeSpan limit)
        {
            var gate = new FifoGate("gate", 1, 10, limit, TimeProvider.System);
            gate.Enter(CancellationToken.None);
            var started = TimeProvider.System.GetTimestamp();
            try
            {
                gate.Enter(CancellationToken.None);
                return default;
            }
            catch (QueueTimeoutException)
            {
                return TimeProvider.System.GetElapsedTime(started);
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancelled_waiter_leaves_the_queue_and_the_next_one_is_served(bool blocking)
    {
        using var cancel = new CancellationTokenSource();
        var gate = new FifoGate("gate", 1, 10, Long, TimeProvider.System);
        gate.Enter(Token);
        var cancelled = blocking
            ? Task.Factory.StartNew(() => gate.Enter(cancel.Token), Token, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            : gate.EnterAsync(cancel.Token).AsTask();
        await UntilWaitingAsync(gate, 1);
        var next = gate.EnterAsync(Token).AsTask();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        gate.Release();
        await next;
        Assert.Equal(1, gate.InUse);
    }

    [Fact]
    public async Task Cancellation_at_the_moment_of_the_grant_loses_no_permit()
    {
        var gate = new FifoGate("gate", 1, 10, Long, TimeProvider.System);
        for (var round = 0; round < 500; round++)
        {
            using var cancel = new CancellationTokenSource();
            gate.Enter(Token);
            var waiter = gate.EnterAsync(cancel.Token).AsTask();
            gate.Release();
            // Not awaited: it must come before the waiter has gone on.
            cancel.Cancel();
            await waiter;
            Assert.Equal(1, gate.InUse);
            gate.Release();
        }
    }

    [Fact]
    public async Task Permits_are_conserved_over_random_outcomes()
    {
        var gate = new FifoGate("gate", 3, 20, TimeSpan.FromMilliseconds(2), TimeProvider.System);
        int inside = 0, most = 0;
        await Task.WhenAll(Enumerable.Range(0, 400).Select(seed => Task.Run(async () =>
        {
            var random = new Random(seed);
            using var cancel = new CancellationTokenSource(random.Next(1, 5));
            try
            {
                if (random.Next(2) == 0)
                {
                    gate.Enter(cancel.Token);
                }
                else
                {
                    await gate.EnterAsync(cancel.Token);
                }
            }
            catch (Exception exception) when (exception is TurnedAwayException or OperationCanceledException)
            {
                return;
            }

            InterlockedMax(ref most, Interlocked.Increment(ref inside));
            Thread.SpinWait(random.Next(20_000));
            Interlocked.Decrement(ref inside);
            gate.Release();
        }, Token)));

        Assert.InRange(most, 1, 3);
        Assert.Equal((0, 0), (gate.InUse, gate.Waiting));
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value)
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }

    private static Task UntilWaitingAsync(FifoGate gate, int count) => Eventually.EqualAsync(count, () => gate.Waiting, "how many wait at the gate");
}
