using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Globalization;
using System.Reflection;

namespace WebConcurrency.Evidence;

/// <summary>
/// Events that are caused on purpose: when one has come, all that happened before it have. The runtime is asked once more for an assembly that it always has,
/// which costs some µs and changes nothing; it tells the version that was asked for, and any lower one is as good, so that each mark is known from the others.
/// </summary>
internal sealed class EventMarks(EventClock clock)
{
    /// <summary>AssemblyLoader: in a program that runs, little else is told by it.</summary>
    public const EventKeywords Keyword = (EventKeywords)0x4;

    /// <summary>AssemblyLoadStop: the last thing that the runtime does for the mark's maker.</summary>
    private const int Loaded = 291;

    private const int Numbers = 64;
    private static readonly string Assembly = typeof(object).Assembly.GetName().Name!;

    private readonly object _arrival = new();
    private int _number;
    private string _awaited = "";
    private DateTime? _seen;

    /// <summary>Makes one and waits for its event. For one caller at a time.</summary>
    /// <returns>Whether it came in time; the clock then goes by it.</returns>
    public bool Make(TimeSpan patience)
    {
        var version = new Version(0, 0, 0, _number = (_number + 1) % Numbers);
        lock (_arrival)
        {
            _awaited = string.Create(CultureInfo.InvariantCulture, $"{Assembly}, Version={version},");
            _seen = null;
        }

        System.Reflection.Assembly.Load(new AssemblyName(Assembly) { Version = version });
        var made = Stopwatch.GetTimestamp();
        lock (_arrival)
        {
            while (_seen is null)
            {
                var left = patience - Stopwatch.GetElapsedTime(made);
                if (left <= TimeSpan.Zero)
                {
                    return false;
                }

                Monitor.Wait(_arrival, left);
            }

            clock.Align(_seen.Value, made);
        }

        return true;
    }

    /// <summary>Looks at an event. One that comes when nobody waits for it any more is nobody's.</summary>
    /// <returns>Whether it was the mark that is awaited.</returns>
    public bool TrySee(EventWrittenEventArgs candidate)
    {
        // Its second field is the name that was asked for.
        if (candidate.EventId != Loaded || candidate.Payload![1] is not string name)
        {
            return false;
        }

        lock (_arrival)
        {
            if (_seen is not null || !name.StartsWith(_awaited, StringComparison.Ordinal))
            {
                return false;
            }

            _seen = candidate.TimeStamp;
            Monitor.PulseAll(_arrival);
        }

        return true;
    }
}
