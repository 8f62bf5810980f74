using WebConcurrency.Server.Queueing;

namespace WebConcurrency.Server.Lab;

/// <summary>One monitor for all who ask: whoever comes while another keeps it waits for a known time, of which nobody tells the recorder. Thread-safe.</summary>
/// <param name="patience">How long one waits for it at most.</param>
internal sealed class HeldLock(TimeSpan patience)
{
    private readonly object _lock = new();

    /// <summary>Takes the lock, keeps it for so long without computing and gives it back.</summary>
    /// <returns>The wait for it and the keeping of it, each by a clock of its own.</returns>
    /// <exception cref="QueueTimeoutException">Others kept it for too long.</exception>
    public object Keep(int ms, CancellationToken cancellationToken)
    {
        var wait = ThreadStopwatch.Start();
        if (!Monitor.TryEnter(_lock, patience))
        {
            throw new QueueTimeoutException("the lock of /lab/lock", patience);
        }

        var waited = wait.Stop();
        try
        {
            // A wait without a name and without the database: the holder stays on its thread, where it can be found as the one that held the lock.
            var keep = ThreadStopwatch.Start();
            cancellationToken.WaitHandle.WaitOne(ms);
            return new { ms, waited, held = keep.Stop() };
        }
        finally
        {
            Monitor.Exit(_lock);
        }
    }
}
