namespace WebConcurrency.Outputs;

/// <summary>Lets through so many in each second and counts the rest. Thread-safe.</summary>
/// <param name="time">Whose seconds.</param>
/// <param name="perSecond">How many.</param>
/// <param name="leftOut">Told once a second how many were refused, while any were.</param>
internal sealed class LineBudget(TimeProvider time, int perSecond, Action<long> leftOut) : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private long _windowStart = time.GetTimestamp();
    private int _taken;
    private long _refused;
    private ITimer? _report;

    /// <summary>Refused since the start.</summary>
    public long TotalRefused { get; private set; }

    public bool TryTake()
    {
        lock (_lock)
        {
            if (time.GetElapsedTime(_windowStart) >= Window)
            {
                _windowStart = time.GetTimestamp();
                _taken = 0;
            }

            if (_taken < perSecond)
            {
                _taken++;
                return true;
            }

            TotalRefused++;
            if (_refused++ == 0)
            {
                // A timer and not the next caller: after a burst there may be none.
                _report ??= time.CreateTimer(_ => Report(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                _report.Change(Window, Timeout.InfiniteTimeSpan);
            }

            return false;
        }
    }

    public void Dispose() => _report?.Dispose();

    private void Report()
    {
        long refused;
        lock (_lock)
        {
            refused = _refused;
            _refused = 0;
        }

        leftOut(refused);
    }
}
