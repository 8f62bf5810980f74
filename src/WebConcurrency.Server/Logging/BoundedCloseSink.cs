using Serilog.Core;
using Serilog.Events;

namespace WebConcurrency.Server.Logging;

/// <summary>Passes lines on; when it closes it gives what is still buffered a limited time. A reader that never reads must not keep the process.</summary>
internal sealed class BoundedCloseSink(Logger inner) : ILogEventSink, IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    public void Emit(LogEvent logEvent) => inner.Write(logEvent);

    public void Dispose()
    {
        var flush = new Thread(inner.Dispose) { IsBackground = true, Name = "log-flush" };
        flush.Start();
        flush.Join(Limit);
    }
}
