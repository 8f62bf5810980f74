using System.Collections.Concurrent;
using WebConcurrency.Server.Tests.Running;
using WebConcurrency.Server.Threading;

namespace WebConcurrency.Server.Tests.Threading;

public sealed class OwnedExecutorTests
{
    private readonly ConcurrentQueue<Exception> _failures = new();

    [Fact]
    public async Task Jobs_run_in_order_on_a_thread_that_is_not_of_the_pool()
    {
        var executor = new OwnedExecutor("test", 1, _failures.Enqueue);
        var ran = new ConcurrentQueue<(int Number, int Thread, bool IsPool)>();
        foreach (var number in Enumerable.Range(0, 100))
        {
            executor.Run(() => ran.Enqueue((number, Environment.CurrentManagedThreadId, Thread.CurrentThread.IsThreadPoolThread)));
        }

        await Eventually.EqualAsync(100, () => ran.Count, "the jobs that ran");
        Assert.Equal(Enumerable.Range(0, 100), ran.Select(job => job.Number));
        Assert.Single(ran.Select(job => job.Thread).Distinct());
        Assert.All(ran, job => Assert.False(job.IsPool));
    }

    [Fact]
    public async Task Jobs_that_block_hold_up_others_only_when_there_are_as_many_as_threads()
    {
        var executor = new OwnedExecutor("test", 2, _failures.Enqueue);
        using var hold = new ManualResetEventSlim();
        using var holdOther = new ManualResetEventSlim();
        var (began, ended, last) = (0, 0, 0);
        executor.Run(() => Block(hold));
        await Eventually.EqualAsync(1, () => Volatile.Read(ref began), "the jobs that began");
        executor.Run(() => Block(holdOther));
        await Eventually.EqualAsync(2, () => Volatile.Read(ref began), "the jobs that began");
        executor.Run(() => Volatile.Write(ref last, 1 + Volatile.Read(ref ended)));
        Assert.Equal(0, Volatile.Read(ref last));

        holdOther.Set();
        await Eventually.EqualAsync(2, () => Volatile.Read(ref last), "the last job, which runs when one has ended");
        hold.Set();
        return;

        void Block(ManualResetEventSlim gate)
        {
            Interlocked.Increment(ref began);
            gate.Wait();
            Interlocked.Increment(ref ended);
        }
    }

    [Fact]
    public async Task Job_that_fails_is_told_of_and_the_next_one_runs()
    {
        var executor = new OwnedExecutor("test", 1, _failures.Enqueue);
        var ran = 0;
        executor.Run(() => throw new InvalidOperationException("mine"));
        executor.Run(() => Volatile.Write(ref ran, 1));
        await Eventually.EqualAsync(1, () => Volatile.Read(ref ran), "whether the second job ran");
        Assert.Equal("mine", Assert.Single(_failures).Message);
    }
}
