using Microsoft.Extensions.Hosting;

namespace WebConcurrency.Ledger;

/// <summary>
/// Puts an empty item into the thread pool again and again and measures how long it waits for a thread. On a thread of its own: the pool that starves
/// cannot be asked to tell of it.
/// </summary>
internal sealed class ThreadPoolProbe(TimeProvider time) : IHostedService
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private readonly StoppableThread _thread = new("pool-probe");

    // Written by the probe's thread and by the item; zero: no item is under way.
    private long _sent;
    private long _delayTicks;

    /// <summary>From when on a delay is called starvation.</summary>
    public static TimeSpan Starved { get; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Called by the probe's own thread after each look.</summary>
    public Action<ThreadPoolReading>? Looked { get; set; }

    public ThreadPoolReading Reading => new(ThreadPool.ThreadCount, ThreadPool.PendingWorkItemCount, Delay);

    /// <summary>How long the last item waited for a thread, or has waited so far.</summary>
    public TimeSpan Delay
    {
        get
        {
            var sent = Volatile.Read(ref _sent);
            return sent != 0 ? time.GetElapsedTime(sent) : TimeSpan.FromTicks(Volatile.Read(ref _delayTicks));
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _thread.Start(Run);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _thread.Stop();
        return Task.CompletedTask;
    }

    /// <summary>Sends an item unless one is under way. For the probe's own thread.</summary>
    internal void Look()
    {
        Looked?.Invoke(Reading);
        if (Volatile.Read(ref _sent) == 0)
        {
            Volatile.Write(ref _sent, time.GetTimestamp());

            // To the end of the common queue, where a request's continuation waits too.
            ThreadPool.UnsafeQueueUserWorkItem(static probe => probe.Arrived(), this, preferLocal: false);
        }
    }

    private void Arrived()
    {
        Volatile.Write(ref _delayTicks, time.GetElapsedTime(Volatile.Read(ref _sent)).Ticks);
        Volatile.Write(ref _sent, 0);
    }

    private void Run()
    {
        while (_thread.Pause(Period))
        {
            Look();
        }
    }
}
