using System.Diagnostics;

namespace WebConcurrency.Recording;

/// <summary>
/// Finds the waits that libraries tell of by themselves: every activity of the kind <see cref="ActivityKind.Client"/> that starts inside a request is a
/// wait for its end, unless the request's code names its wait itself. Spans at the same time, or one in another, each count while they last. Nobody else needs to
/// listen for them. Thread-safe.
/// </summary>
internal sealed class ClientSpans : IDisposable
{
    private const string Property = "WebConcurrency.Wait";

    private readonly HashSet<string> _databaseSources;
    private readonly ActivityListener _listener;
    private volatile bool _sawDatabase;
    private volatile bool _sawIo;

    /// <param name="databaseSources">Names of activity sources whose clients are databases.</param>
    public ClientSpans(IEnumerable<string> databaseSources)
    {
        _databaseSources = new(databaseSources, StringComparer.Ordinal);
        _listener = new ActivityListener
        {
            ShouldListenTo = static _ => true,
            Sample = static (ref ActivityCreationOptions<ActivityContext> options) => Wanted(options.Kind),
            SampleUsingParentId = static (ref ActivityCreationOptions<string> options) => Wanted(options.Kind),
            ActivityStarted = Started,
            ActivityStopped = Stopped,
        };
    }

    /// <summary>Whether such a wait has been told of in this process: nobody knows of a library that never told.</summary>
    public bool HasSeen(WaitKind kind) => kind switch
    {
        WaitKind.Database => _sawDatabase,
        WaitKind.Io => _sawIo,
        _ => false,
    };

    public void Start() => ActivitySource.AddActivityListener(_listener);

    public void Dispose() => _listener.Dispose();

    /// <summary>A wait that is named already needs no activity beside it.</summary>
    private static ActivitySamplingResult Wanted(ActivityKind kind) =>
        kind == ActivityKind.Client && RequestRecorder.Current is { NamesItsIoWait: false } ? ActivitySamplingResult.PropagationData : ActivitySamplingResult.None;

    private void Started(Activity activity)
    {
        // A tracer may have wanted what is not wanted here; a figure must not depend on who else listens.
        if (activity.Kind == ActivityKind.Client && RequestRecorder.Current is { NamesItsIoWait: false } recorder)
        {
            var kind = IsDatabase(activity) ? WaitKind.Database : WaitKind.Io;
            _sawDatabase |= kind == WaitKind.Database;
            _sawIo |= kind == WaitKind.Io;

            // With the activity itself: it may be stopped where the request's execution context is not known.
            activity.SetCustomProperty(Property, new Span(recorder.WaitInSpan(kind)));
        }
    }

    private static void Stopped(Activity activity)
    {
        if (activity.Kind == ActivityKind.Client && activity.GetCustomProperty(Property) is Span span)
        {
            span.Wait.Dispose();
        }
    }

    // OpenTelemetry's semantic conventions for database clients; the second name is the older one.
    private bool IsDatabase(Activity activity) => _databaseSources.Contains(activity.Source.Name)
        || activity.GetTagItem("db.system.name") is not null || activity.GetTagItem("db.system") is not null;

    private sealed record Span(WaitScope Wait);
}
