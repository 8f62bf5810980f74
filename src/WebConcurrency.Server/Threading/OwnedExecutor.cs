using WebConcurrency.Server.Queueing;

namespace WebConcurrency.Server.Threading;

/// <summary>
/// Runs jobs that may block, first come first served, on a few threads of its own; whoever hands one in goes on. The threads are made when there is
/// something to do, and end when there has been nothing for a while. Thread-safe.
/// </summary>
/// <param name="name">The threads' name.</param>
/// <param name="most">How many threads there may be at once.</param>
/// <param name="failed">Told what left a job.</param>
internal sealed class OwnedExecutor(string name, int most, Action<Exception> failed)
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    // Locked for the counts too.
    private readonly Queue<Action> _jobs = new();
    private int _threads;
    private int _idle;

    /// <summary>Has the job run, now or later. Never blocks and never throws. How many may wait is for those to bound who hand them in.</summary>
    public void Run(Action job)
    {
        lock (_jobs)
        {
            _jobs.Enqueue(job);
            if (_jobs.Count <= _idle)
            {
                Monitor.Pulse(_jobs);
                return;
            }

            if (_threads == most)
            {
                return;
            }

            _threads++;
        }

        try
        {
            OwnedThread.Start(name, Serve);
        }
        catch (TurnedAwayException)
        {
            lock (_jobs)
            {
                _threads--;
            }

            // Rather on a thread that others wait for than never.
            ThreadPool.UnsafeQueueUserWorkItem(static executor => executor.RunOne(), this, preferLocal: false);
        }
    }

    private void Serve()
    {
        while (Take() is { } job)
        {
            Guarded(job);
        }
    }

    private void RunOne()
    {
        Action? job;
        lock (_jobs)
        {
            _jobs.TryDequeue(out job);
        }

        if (job is not null)
        {
            Guarded(job);
        }
    }

    private void Guarded(Action job)
    {
        try
        {
            job();
        }
        catch (Exception exception)
        {
            failed(exception);
        }
    }

    /// <returns>The next job; <see langword="null"/>: the thread is to end, and counts no more.</returns>
    private Action? Take()
    {
        lock (_jobs)
        {
            while (_jobs.Count == 0)
            {
                _idle++;
                var woken = Monitor.Wait(_jobs, Idle);
                _idle--;
                if (!woken && _jobs.Count == 0)
                {
                    _threads--;
                    return null;
                }
            }

            return _jobs.Dequeue();
        }
    }
}
