using Microsoft.Extensions.Hosting;

namespace WebConcurrency.Ledger;

/// <summary>
/// Puts an empty item into the thread pool again and again and measures how long it waits for a thread. On a thread of its own: the pool that starves
/// cannot be asked to tell of it.
/// </summary>
internal sealed class ThreadPoolProbe(TimeProvider time) : IHostedService
{
    /// <summary>Items remembered: those of the last minute at least.</summary>
    private const int Kept = 256;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private readonly StoppableThread _thread = new("pool-probe");

    // Guards what follows: the probe's thread, the item's and whoever asks use it.
    private readonly Lock _lock = new();
    private readonly RingLog<(long Sent, long Arrived)> _waits = new(Kept);

    // Zero: no item is under way.
    private long _sent;

    /// <summary>From when on a delay is called starvation.</summary>
    public static TimeSpan Starved { get; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Called by the probe's own thread after each look.</summary>
    public Action<ThreadPoolReading>? Looked { get; set; }

    /// <summary>Puts the item into the thread pool, to the end of the common queue, where a request's continuation waits too.</summary>
    internal Action<ThreadPoolProbe> Send { get; init; } =
        static probe => ThreadPool.UnsafeQueueUserWorkItem(static probe => probe.Guarded(probe.Arrived), probe, preferLocal: false);

    /// <summary>Called when a look failed: an exception that leaves one of these threads would end the process.</summary>
    public Action<Exception>? Faulted { get; set; }

    public ThreadPoolReading Reading => new(ThreadPool.ThreadCount, ThreadPool.PendingWorkItemCount, Delay);

    /// <summary>How long the last item waited for a thread, or has waited so far.</summary>
    public TimeSpan Delay
    {
        get
        {
            lock (_lock)
            {
                return _sent != 0 ? time.GetElapsedTime(_sent) : _waits.Position == 0 ? TimeSpan.Zero : Length(_waits[_waits.Position - 1]);
            }
        }
    }

    /// <summary>
    /// The longest that an item waited of those that waited at some time from one instant to another, so far if it still does; of a time without any, the
    /// last one before it. <see langword="null"/> when none has been sent or none of that time is remembered.
    /// </summary>
    public TimeSpan? During(long start, long end)
    {
        lock (_lock)
        {
            var longest = _sent != 0 && _sent < end ? time.GetElapsedTime(_sent) : (TimeSpan?)null;
            for (var i = _waits.Position - 1; i >= _waits.First; i--)
            {
                var wait = _waits[i];
                if (wait.Sent < end && (wait.Arrived > start || longest is null) && !(Length(wait) < longest))
                {
                    longest = Length(wait);
                }

                if (wait.Sent < start)
                {
                    // One at a time is under way: all before this one arrived before it was sent.
                    return longest;
                }
            }

            return longest;
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
        lock (_lock)
        {
            if (_sent != 0)
            {
                return;
            }

            _sent = time.GetTimestamp();
        }

        Send(this);
    }

    /// <summary>The item has a thread.</summary>
    internal void Arrived()
    {
        lock (_lock)
        {
            var sent = _sent;
            _sent = 0;
            _waits.Add((sent, time.GetTimestamp()));
        }
    }

    private TimeSpan Length((long Sent, long Arrived) wait) => time.GetElapsedTime(wait.Sent, wait.Arrived);

    private void Run()
    {
        while (_thread.Pause(Period))
        {
            Guarded(Look);
        }
    }

    private void Guarded(Action part)
    {
        try
        {
            part();
        }
        catch (Exception exception)
        {
            Faulted?.Invoke(exception);
        }
    }
}
