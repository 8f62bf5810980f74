using System.Diagnostics;

namespace WebConcurrency.Recording;

/// <summary>
/// Finds the waits that libraries tell of by themselves: every activity of the kind <see cref="ActivityKind.Client"/> that starts inside a request is a
/// wait for its end. Nobody else needs to listen for it. Thread-safe.
/// </summary>
internal sealed class ClientSpans : IDisposable
{
    private const string Property = "WebConcurrency.Wait";

    private readonly HashSet<string> _databaseSources;
    private readonly ActivityListener _listener;

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

    public void Start() => ActivitySource.AddActivityListener(_listener);

    public void Dispose() => _listener.Dispose();

    /// <summary>A wait that is named already needs no activity beside it.</summary>
    private static ActivitySamplingResult Wanted(ActivityKind kind) =>
        kind == ActivityKind.Client && RequestRecorder.Current is { WaitsForIo: false } ? ActivitySamplingResult.PropagationData : ActivitySamplingResult.None;

    private void Started(Activity activity)
    {
        // A tracer may have wanted what is not wanted here; a figure must not depend on who else listens.
        if (activity.Kind == ActivityKind.Client && RequestRecorder.Current is { WaitsForIo: false } recorder)
        {
            // With the activity itself: it may be stopped where the request's execution context is not known.
            activity.SetCustomProperty(Property, new Span(recorder.Wait(IsDatabase(activity) ? WaitKind.Database : WaitKind.Io)));
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
