using Microsoft.Extensions.Logging;
using WebConcurrency.Ledger;

namespace WebConcurrency.Outputs;

/// <summary>Warns when the thread pool starves, at most once in five seconds, and says when it is over. Event ids 1040–1049.</summary>
internal sealed partial class ThreadPoolLog(ILoggerFactory loggers, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger = loggers.CreateLogger("WebConcurrency.ThreadPool");
    private long? _warned;

    /// <summary>For one caller at a time.</summary>
    public void Write(ThreadPoolReading reading)
    {
        if (reading.Delay >= ThreadPoolProbe.Starved)
        {
            if (_warned is not { } last || time.GetElapsedTime(last) >= Pause)
            {
                _warned = time.GetTimestamp();
                Starved(_logger, reading.Threads, reading.QueueLength, reading.Delay.TotalMilliseconds);
            }
        }
        else if (_warned is not null)
        {
            _warned = null;
            Recovered(_logger, reading.Threads);
        }
    }

    [LoggerMessage(1040, LogLevel.Warning, "The thread pool starves: {Threads} threads, {QueueLength} items wait for one, the last for {DelayMs:0} ms")]
    private static partial void Starved(ILogger logger, int threads, long queueLength, double delayMs);

    [LoggerMessage(1041, LogLevel.Information, "The thread pool has threads to spare again: {Threads}")]
    private static partial void Recovered(ILogger logger, int threads);
}
