using WebConcurrency.Recording;

namespace WebConcurrency;

/// <summary>What code inside a request can tell the recorder. Everything is a no-op outside of a recorded request. Thread-safe.</summary>
public static class RequestConcurrency
{
    /// <summary>
    /// The name of the meter of the records' metrics: histograms in seconds of queue, waits, CPU and covered time, and counts of what goes on. Whoever
    /// exports metrics names it to their exporter.
    /// </summary>
    public const string MeterName = "WebConcurrency";

    /// <summary>Names a wait that the recorder cannot see by itself; dispose the result when the wait is over.</summary>
    /// <example><code>using (RequestConcurrency.Wait(WaitKind.Io)) { await file.ReadAsync(buffer); }</code></example>
    public static WaitScope Wait(WaitKind kind) => RequestRecorder.Current?.Wait(kind) ?? default;

    /// <inheritdoc cref="RequestRecorder.BlockedBy"/>
    public static void BlockedBy(long id) => RequestRecorder.Current?.BlockedBy(id);

    /// <inheritdoc cref="RequestRecorder.Work"/>
    public static WorkScope Work() => RequestRecorder.Current?.Work() ?? default;
}
