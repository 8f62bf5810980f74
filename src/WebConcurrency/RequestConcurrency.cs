using WebConcurrency.Recording;

namespace WebConcurrency;

/// <summary>What code inside a request can tell the recorder. Everything is a no-op outside of a recorded request. Thread-safe.</summary>
public static class RequestConcurrency
{
    /// <summary>Names a wait that the recorder cannot see by itself; dispose the result when the wait is over.</summary>
    /// <example><code>using (RequestConcurrency.Wait(WaitKind.Io)) { await file.ReadAsync(buffer); }</code></example>
    public static WaitScope Wait(WaitKind kind) => RequestRecorder.Current?.Wait(kind) ?? default;

    /// <inheritdoc cref="RequestRecorder.BlockedBy"/>
    public static void BlockedBy(long id) => RequestRecorder.Current?.BlockedBy(id);

    /// <inheritdoc cref="RequestRecorder.Work"/>
    public static WorkScope Work() => RequestRecorder.Current?.Work() ?? default;
}
