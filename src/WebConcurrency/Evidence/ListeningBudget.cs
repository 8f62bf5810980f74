namespace WebConcurrency.Evidence;

/// <summary>
/// How much may be heard of locks. The runtime walks the stack for each event, and makes a buffer of 100 KB for each thread that has its first one: a server
/// that makes a thread for every request would spend more on telling than on working. What is heard is paid from an allowance that grows with time; when it
/// is used up nothing more is to be heard until it is whole again. Thread-safe.
/// </summary>
/// <param name="time">Whose seconds.</param>
/// <param name="perSecond">What one second allows, in events.</param>
/// <param name="most">What can be saved up.</param>
internal sealed class ListeningBudget(TimeProvider time, int perSecond, int most)
{
    /// <summary>A thread's first event, which also leaves something behind in the runtime for good, in events.</summary>
    public const int FirstOfThread = 40;

    private readonly Lock _lock = new();
    private readonly HashSet<long> _threads = [];
    private double _left = most;
    private long _reckoned = time.GetTimestamp();
    private bool _affords = true;

    /// <summary>Different threads heard since the last <see cref="BeginAnew"/>.</summary>
    public int Threads
    {
        get
        {
            lock (_lock)
            {
                return _threads.Count;
            }
        }
    }

    /// <summary>An event was heard.</summary>
    /// <param name="thread">The kernel's id of its thread.</param>
    /// <returns>Whether the allowance is used up.</returns>
    public bool Heard(long thread)
    {
        lock (_lock)
        {
            _left -= _threads.Add(thread) ? FirstOfThread : 1;
            return _left <= 0;
        }
    }

    /// <summary>Whether to listen from now on.</summary>
    public bool Affords()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            _left = Math.Min(most, _left + (perSecond * time.GetElapsedTime(_reckoned, now).TotalSeconds));
            _reckoned = now;
            return _affords = _affords ? _left > 0 : _left >= most;
        }
    }

    /// <summary>The runtime has forgotten the threads that it knew.</summary>
    public void BeginAnew()
    {
        lock (_lock)
        {
            _threads.Clear();
        }
    }
}
