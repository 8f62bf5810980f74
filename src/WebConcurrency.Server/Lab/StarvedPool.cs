using System.Diagnostics;
using WebConcurrency.Server.Queueing;

namespace WebConcurrency.Server.Lab;

/// <summary>Blocks threads of the .NET thread pool for a known time, and measures with an item of its own how long the pool leaves others waiting.</summary>
internal static class StarvedPool
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Puts so many items into the pool that each block a thread until the time is over.</summary>
    /// <returns>How long an item that came right behind them waited for a thread.</returns>
    /// <exception cref="QueueTimeoutException">The pool did not come back to itself.</exception>
    public static object Starve(int threads, int ms, CancellationToken cancellationToken)
    {
        // Neither is disposed: an item may have been taken and not have come to its wait, or come when nobody waits for it any more.
        var over = new ManualResetEvent(false);
        var nextRan = new ManualResetEvent(false);
        var delay = TimeSpan.Zero;
        try
        {
            for (var i = 0; i < threads; i++)
            {
                ThreadPool.UnsafeQueueUserWorkItem(static over => over.WaitOne(), over, preferLocal: false);
            }

            var queued = Stopwatch.GetTimestamp();
            ThreadPool.UnsafeQueueUserWorkItem(
                ran =>
                {
                    delay = Stopwatch.GetElapsedTime(queued);
                    ran.Set();
                },
                nextRan,
                preferLocal: false);
            cancellationToken.WaitHandle.WaitOne(ms);
        }
        finally
        {
            over.Set();
        }

        return nextRan.WaitOne(Patience)
            ? new { threads, ms, delay_ms = Math.Round(delay.TotalMilliseconds, 3) }
            : throw new QueueTimeoutException("the thread pool after /lab/starve", Patience);
    }
}
