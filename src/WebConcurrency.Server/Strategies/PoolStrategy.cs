using WebConcurrency.Server.Threading;

namespace WebConcurrency.Server.Strategies;

/// <summary>
/// Owned threads, made when they are first needed, then parked and reused: a request that finds a parked one pays for waking it and not for making
/// it. What Tomcat and gunicorn's gthread do.
/// </summary>
internal sealed class PoolStrategy(ThreadBudget budget) : IStrategy, IDisposable
{
    private readonly int _most = budget.Pool;
    private readonly WorkQueue _queue = new();

    // Guards the counts. A thread is free from the moment its body is over, before anybody hears of it: whoever comes next finds it.
    private readonly Lock _lock = new();
    private int _threads;
    private int _free;
    private int _backlog;

    public string Name => "pool";

    public BodyStyle Style => BodyStyle.Blocks;

    /// <summary>Threads made so far; none ends before the server does.</summary>
    public int Threads
    {
        get
        {
            lock (_lock)
            {
                return _threads;
            }
        }
    }

    public void Start(WorkItem item)
    {
        item.Freed = ThreadFreed;
        lock (_lock)
        {
            if (_free == 0 && _threads < _most)
            {
                item.ThreadStarting();
                OwnedThread.Start("pool", () => Serve(item));
                _threads++;
                return;
            }

            if (_free > 0)
            {
                _free--;
            }
            else
            {
                _backlog++;
            }

            _queue.Add(item, ThreadFreed);
        }
    }

    public void Dispose() => _queue.Close();

    private void ThreadFreed()
    {
        lock (_lock)
        {
            if (_backlog > 0)
            {
                _backlog--;
            }
            else
            {
                _free++;
            }
        }
    }

    private void Serve(WorkItem? item)
    {
        while (item is not null)
        {
            item.Run();
            item = _queue.Take();
        }
    }
}
