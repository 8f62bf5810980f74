using System.Diagnostics;

namespace WebConcurrency.Evidence;

/// <summary>
/// Where the runtime's events stand on the monotonic clock. They carry it as a date, from a start that the runtime does not tell, and that changes when
/// somebody else begins to listen. So each mark is read twice: by whoever made it, right behind it, and from its event. Thread-safe.
/// </summary>
internal sealed class EventClock
{
    private const int MarksRemembered = 16;

    private readonly Lock _lock = new();
    private readonly Queue<long> _made = new();
    private readonly Queue<long> _offsets = new();
    private long _offset;

    /// <summary>A mark was made, right before this instant.</summary>
    public void Marked(long timestamp)
    {
        lock (_lock)
        {
            _made.Enqueue(timestamp);
        }
    }

    /// <summary>The event of the oldest mark that has not been seen has come.</summary>
    public void Seen(DateTime time)
    {
        lock (_lock)
        {
            if (!_made.TryDequeue(out var timestamp))
            {
                return;
            }

            _offsets.Enqueue(timestamp - Raw(time));
            if (_offsets.Count > MarksRemembered)
            {
                _offsets.Dequeue();
            }

            // A thread that lost its CPU between the event and the reading reads late, never early.
            _offset = _offsets.Min();
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
