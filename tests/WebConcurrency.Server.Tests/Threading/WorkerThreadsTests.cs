using WebConcurrency.Server.Queueing;
using WebConcurrency.Server.Tests.Running;
using WebConcurrency.Server.Threading;

namespace WebConcurrency.Server.Tests.Threading;

public sealed class WorkerThreadsTests
{
    private readonly WorkerThreads _workers = new(new ThreadBudget(left: null, ownCluster: false, 4), TimeProvider.System);

    /// <summary>Not async: what awaited here would itself wait for the thread pool.</summary>
    [Fact]
    public void Blocking_join_needs_no_thread_of_the_pool()
    {
        using var starved = new StarvedThreadPool();
        int[] results = [];
        var caller = new Thread(() => results = _workers.Start(4, number => number * number).Join()) { IsBackground = true };
        caller.Start();

        Assert.True(caller.Join(TimeSpan.FromSeconds(60)), "nobody told the caller that its threads had ended");
        Assert.True(starved.IsStarved);
        Assert.Equal([0, 1, 4, 9], results);
    }

    [Fact]
    public async Task Place_of_a_thread_is_free_when_its_join_returns()
    {
        // All the places there are, again and again: none may be missing because a thread has not quite ended.
        for (var round = 0; round < 300; round++)
        {
            _workers.Start(4, _ => round).Join();
            await _workers.Start(4, _ => round).JoinAsync();
        }
    }

    [Fact]
    public async Task Failure_of_the_first_by_number_is_the_join_s_and_all_have_ended()
    {
        var ended = 0;
        int Body(int number)
        {
            Interlocked.Increment(ref ended);
            return number < 2 ? number : throw new InvalidOperationException($"{number}");
        }

        Assert.Equal("2", Assert.Throws<InvalidOperationException>(() => _workers.Start(4, Body).Join()).Message);
        Assert.Equal(4, ended);
        Assert.Equal("2", (await Assert.ThrowsAsync<InvalidOperationException>(() => _workers.Start(4, Body).JoinAsync())).Message);
        Assert.Equal(8, ended);
    }

    [Fact]
    public void More_than_there_are_left_start_none()
    {
        using var hold = new ManualResetEventSlim();
        var first = _workers.Start(3, _ => { hold.Wait(); return 0; });
        var ran = 0;
        Assert.Throws<QueueFullException>(() => _workers.Start(2, _ => ran++));
        hold.Set();
        first.Join();
        Assert.Equal(0, ran);
        Assert.Equal(4, _workers.Start(4, _ => 0).Join().Length);
    }
}
