using WebConcurrency.Server.Queueing;

namespace WebConcurrency.Server.Threading;

/// <summary>
/// Owned threads that carry out cancellations, made when they are needed and ended when they are not. What a body does on cancellation may block: Npgsql
/// opens a connection to cancel a statement and waits for its end. Hundreds of those at once, as when a deadline or a drain is over, would keep the
/// thread pool from everybody else. Thread-safe.
/// </summary>
internal sealed partial class CancellationThreads(ILogger<CancellationThreads> logger)
{
    private const int Most = 4;

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    // Guards everything.
    private readonly Queue<CancellationTokenSource> _waiting = [];
    private int _threads;
    private int _free;

    /// <summary>Cancels it, soon and not on the calling thread.</summary>
    public void Cancel(CancellationTokenSource source)
    {
        lock (_waiting)
        {
            _waiting.Enqueue(source);
            if (_free >= _waiting.Count || _threads == Most)
            {
                Monitor.Pulse(_waiting);
                return;
            }

            try
            {
                OwnedThread.Start("cancellation", Serve);
                _threads++;
            }
            catch (TurnedAwayException) when (_threads > 0)
            {
                // One of the others will come to it.
            }
            catch (TurnedAwayException)
            {
                ThreadPool.UnsafeQueueUserWorkItem(static all => all.ServeOne(), this, preferLocal: false);
            }
        }
    }

    private void Serve()
    {
        while (Take() is { } source)
        {
            CancelNow(source);
        }
    }

    private void ServeOne()
    {
        CancellationTokenSource? source;
        lock (_waiting)
        {
            _waiting.TryDequeue(out source);
        }

        if (source is not null)
        {
            CancelNow(source);
        }
    }

    private CancellationTokenSource? Take()
    {
        lock (_waiting)
        {
            while (_waiting.Count == 0)
            {
                _free++;
                var woken = Monitor.Wait(_waiting, Idle);
                _free--;
                if (!woken && _waiting.Count == 0)
                {
                    _threads--;
                    return null;
                }
            }

            return _waiting.Dequeue();
        }
    }

    private void CancelNow(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (Exception exception)
        {
            // Of whoever registered for it. The thread is not theirs.
            Failed(logger, exception);
        }
    }

    [LoggerMessage(2300, LogLevel.Error, "Cancelling a request's work failed")]
    private static partial void Failed(ILogger logger, Exception exception);
}
