namespace WebConcurrency.Server.Tests.Running;

/// <summary>Blocks every thread that the thread pool has and, for as long as a test takes, will have. Nothing that is awaited goes on meanwhile.</summary>
internal sealed class StarvedThreadPool : IDisposable
{
    private readonly ManualResetEventSlim _hold = new();
    private readonly ManualResetEventSlim _behind = new();
    private readonly CountdownEvent _held;

    public StarvedThreadPool()
    {
        // Threads that the pool has from earlier tests are held as well. What is queued behind them all shows that none was left over.
        _held = new CountdownEvent(40 + ThreadPool.ThreadCount);
        for (var item = _held.InitialCount; item > 0; item--)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    _hold.Wait();
                    _held.Signal();
                },
                null);
        }

        ThreadPool.UnsafeQueueUserWorkItem(_ => _behind.Set(), null);
    }

    public bool IsStarved => !_behind.IsSet;

    public void Dispose()
    {
        _hold.Set();
        var limit = TimeSpan.FromSeconds(60);
        Assert.True(_held.Wait(limit) && _behind.Wait(limit), "the thread pool did not recover");
        _hold.Dispose();
        _behind.Dispose();
        _held.Dispose();
    }
}
