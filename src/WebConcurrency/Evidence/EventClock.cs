using System.Diagnostics;

namespace WebConcurrency.Evidence;

/// <summary>
/// Where the runtime's events stand on the monotonic clock. They carry it as a date, from a start that the runtime does not tell, and that changes when
/// somebody else begins to listen. So each mark is read twice: by whoever made it, right behind it, and from its event, in either order. Thread-safe.
/// </summary>
/// <param name="slots">How many marks may be under way.</param>
internal sealed class EventClock(int slots)
{
    private const int MarksRemembered = 16;

    private readonly Lock _lock = new();
    private readonly long?[] _made = new long?[slots];
    private readonly long?[] _seen = new long?[slots];
    private readonly Queue<long> _offsets = new();
    private long _offset;

    /// <summary>A mark was made, right before this instant.</summary>
    public void Marked(int slot, long timestamp)
    {
        lock (_lock)
        {
            _made[slot] = timestamp;
            Pair(slot);
        }
    }

    /// <summary>Its event has come.</summary>
    public void Seen(int slot, DateTime time)
    {
        lock (_lock)
        {
            _seen[slot] = Raw(time);
            Pair(slot);
        }
    }

    public long Map(DateTime time)
    {
        lock (_lock)
        {
            return Raw(time) + _offset;
        }
    }

    private void Pair(int slot)
    {
        if (_made[slot] is not { } made || _seen[slot] is not { } seen)
        {
            return;
        }

        _made[slot] = _seen[slot] = null;
        _offsets.Enqueue(made - seen);
        if (_offsets.Count > MarksRemembered)
        {
            _offsets.Dequeue();
        }

        // A thread that lost its CPU between the event and the reading reads late, never early.
        _offset = _offsets.Min();
    }

    private static long Raw(DateTime time) => (long)((Int128)time.Ticks * Stopwatch.Frequency / TimeSpan.TicksPerSecond);
}
