using System.Diagnostics;

namespace WebConcurrency.Evidence;

/// <summary>
/// Where the runtime's events stand on the monotonic clock. They carry it as a date, from a start that the runtime does not tell, and that changes when
/// anybody begins to listen. So an event that is caused on purpose is read twice: by whoever caused it, right behind it, and from the event. Thread-safe.
/// </summary>
internal sealed class EventClock
{
    private const int Remembered = 16;

    private readonly Lock _lock = new();
    private readonly Queue<long> _offsets = new();
    private long _offset;

    /// <summary>An event has come that happened right before an instant.</summary>
    public void Align(DateTime time, long timestamp)
    {
        lock (_lock)
        {
            _offsets.Enqueue(timestamp - Raw(time));
            if (_offsets.Count > Remembered)
            {
                _offsets.Dequeue();
            }

            // A thread that lost its CPU between the event and the reading reads late, never early.
            _offset = _offsets.Min();
        }
    }

    /// <summary>The dates begin anew.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _offsets.Clear();
        }
    }

    public long Map(DateTime time)
    {
        lock (_lock)
        {
            return Raw(time) + _offset;
        }
    }

    private static long Raw(DateTime time) => (long)((Int128)time.Ticks * Stopwatch.Frequency / TimeSpan.TicksPerSecond);
}
