using System.Diagnostics.Metrics;
using Serilog.Core;
using Serilog.Sinks.Async;

namespace WebConcurrency.Server.Logging;

/// <summary>Counts the log lines that were dropped because nobody read them fast enough, and says so in the log when there is room again.</summary>
internal sealed class LogDrops : IAsyncLogEventSinkMonitor, IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly ITimer _timer;
    private IAsyncLogEventSinkInspector? _inspector;
    private Logger? _logger;
    private long _reported;

    public LogDrops(TimeProvider time, IMeterFactory meters)
    {
        meters.Create("WebConcurrency.Server").CreateObservableCounter(
            "webconcurrency.log.dropped", () => Dropped, "{line}", "Log lines dropped because they were not read fast enough.");
        _timer = time.CreateTimer(_ => Report(), null, Period, Period);
    }

    /// <summary>Lines dropped since the start.</summary>
    public long Dropped => _inspector?.DroppedMessagesCount ?? 0;

    public void ReportTo(Logger logger) => _logger = logger;

    public void StartMonitoring(IAsyncLogEventSinkInspector inspector) => _inspector = inspector;

    public void StopMonitoring(IAsyncLogEventSinkInspector inspector) => _logger = null;

    public void Dispose() => _timer.Dispose();

    private void Report()
    {
        var dropped = Dropped;
        if (dropped > _reported && _inspector is { } inspector && inspector.Count < inspector.BufferSize / 2)
        {
            _logger?.Warning("{Count} log lines were dropped: they were not read fast enough", dropped - _reported);
            _reported = dropped;
        }
    }
}
