namespace WebConcurrency.Ledger;

/// <summary>
/// A background thread that sleeps until it is woken or stopped. On a monitor and not on wait handles: a host may stop a service twice and at once, and
/// a handle that one of them has disposed of would end the process. Thread-safe.
/// </summary>
internal sealed class StoppableThread(string name)
{
    private readonly object _monitor = new();
    private Thread? _thread;
    private bool _woken;
    private bool _stopping;

    /// <summary>Starts it without the caller's execution context.</summary>
    public void Start(Action body)
    {
        _thread = new Thread(() => body()) { IsBackground = true, Name = name };
        _thread.UnsafeStart();
    }

    /// <summary>Ends its waits and waits for its end.</summary>
    public void Stop()
    {
        lock (_monitor)
        {
            _stopping = true;
            Monitor.PulseAll(_monitor);
        }

        _thread?.Join();
    }

    /// <summary>Ends its present or next <see cref="WaitUntilWoken"/>.</summary>
    public void Wake()
    {
        lock (_monitor)
        {
            _woken = true;
            Monitor.PulseAll(_monitor);
        }
    }

    /// <summary>For the thread itself: sleeps.</summary>
    /// <param name="most">Goes on after so long all the same.</param>
    /// <returns>Whether to go on; not when it is to stop.</returns>
    public bool WaitUntilWoken(TimeSpan? most = null)
    {
        lock (_monitor)
        {
            var inTime = true;
            while (!_woken && !_stopping && inTime)
            {
                inTime = Monitor.Wait(_monitor, most ?? Timeout.InfiniteTimeSpan);
            }

            _woken = false;
            return !_stopping;
        }
    }

    /// <summary>For the thread itself: sleeps so long, or until it is to stop.</summary>
    /// <returns>Whether to go on.</returns>
    public bool Pause(TimeSpan time)
    {
        lock (_monitor)
        {
            if (!_stopping)
            {
                Monitor.Wait(_monitor, time);
            }

            return !_stopping;
        }
    }
}
