using System.Diagnostics;

namespace WebConcurrency.Recording;

/// <summary>
/// The activity of a recorded request for which a tracer listens. It ends with the response, and the request's record is made some milliseconds later;
/// whoever exports activities holds it until then, so that it leaves with the record's columns and phases. Thread-safe.
/// </summary>
/// <remarks>A record may never come: too many were pending. Hold a bounded number, for a bounded time.</remarks>
public sealed class RequestSpan
{
    private const string Property = "WebConcurrency.RequestSpan";

    // Held while the record is written: it is never written to an activity that has been let go.
    private readonly Lock _lock = new();
    private Action<Activity>? _released;
    private bool _over;

    internal RequestSpan(Activity activity)
    {
        Activity = activity;
        activity.SetCustomProperty(Property, this);
    }

    /// <summary>The activity.</summary>
    public Activity Activity { get; }

    /// <summary>Whether nothing more will be written to the activity: its record has been, or nobody waits for it any more.</summary>
    public bool IsOver
    {
        get
        {
            lock (_lock)
            {
                return _over;
            }
        }
    }

    /// <summary>What an activity waits for; <see langword="null"/> when it is not that of a recorded request.</summary>
    /// <param name="activity">Any activity.</param>
    public static RequestSpan? Of(Activity activity)
    {
        ArgumentNullException.ThrowIfNull(activity);
        return activity.GetCustomProperty(Property) as RequestSpan;
    }

    /// <summary>Has the activity handed over once its record has been written to it, or once it is let go. Call it once, after the activity's end.</summary>
    /// <param name="released">Called once, mostly on the thread that makes the records: it must be quick and not throw.</param>
    /// <returns><see langword="false"/> when there is nothing to wait for; <paramref name="released"/> is then not called.</returns>
    public bool TryHold(Action<Activity> released)
    {
        ArgumentNullException.ThrowIfNull(released);
        lock (_lock)
        {
            _released = _over ? null : released;
            return !_over;
        }
    }

    /// <summary>Waits for the record no longer. If the activity is held it is handed over as it is; a record that comes later is not written to it.</summary>
    public void LetGo() => End(null);

    /// <summary>The record is there.</summary>
    internal void Settle(Action<Activity> write) => End(write);

    private void End(Action<Activity>? write)
    {
        Action<Activity>? released = null;
        try
        {
            lock (_lock)
            {
                if (!_over)
                {
                    (_over, released, _released) = (true, _released, null);
                    write?.Invoke(Activity);
                }
            }
        }
        finally
        {
            released?.Invoke(Activity);
        }
    }
}
