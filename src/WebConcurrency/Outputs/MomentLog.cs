using Microsoft.Extensions.Logging;
using WebConcurrency.Recording;

namespace WebConcurrency.Outputs;

/// <summary>
/// Writes, at Debug, the moments of requests as they happen, so that the lines of one request stand between the lines of another.
/// Event ids 1020–1039.
/// </summary>
internal sealed partial class MomentLog : IMomentObserver, IDisposable
{
    private readonly ILogger _logger;
    private readonly LineBudget _budget;

    public MomentLog(ILoggerFactory loggers, RequestConcurrencyOptions options, TimeProvider time)
    {
        _logger = loggers.CreateLogger("WebConcurrency.Moments");
        _budget = new LineBudget(time, options.LoggedPerSecond, count => LeftOut(_logger, count));
    }

    /// <summary>Who tells the moments of a request that begins now: nobody when they are not wanted, or when too many were told in this second.</summary>
    public IMomentObserver? Observer() => _logger.IsEnabled(LogLevel.Debug) && _budget.TryTake() ? this : null;

    public void GotThread(RequestRecorder recorder) => GotThread(_logger, recorder.Id, ThreadIdentity.Current);

    public void BeganToWait(RequestRecorder recorder, WaitKind kind) =>
        BeganToWait(_logger, recorder.Id, Name(kind), ThreadIdentity.Current);

    public void WentOn(RequestRecorder recorder, WaitKind kind, TimeSpan waited) =>
        WentOn(_logger, recorder.Id, waited.TotalMilliseconds, ThreadIdentity.Current);

    public void Done(RequestRecorder recorder) => Done(_logger, recorder.Id, ThreadIdentity.Current);

    public void Dispose() => _budget.Dispose();

    private static string Name(WaitKind kind) => kind switch
    {
        WaitKind.Database => "the database",
        WaitKind.Connection => "a database connection",
        WaitKind.Gil => "the lock that lets one compute",
        WaitKind.Queue or WaitKind.ThreadStart => "a thread",
        _ => "I/O",
    };

    [LoggerMessage(1020, LogLevel.Debug, "#{Id} got thread {Thread:l}")]
    private static partial void GotThread(ILogger logger, long id, ThreadIdentity thread);

    [LoggerMessage(1021, LogLevel.Debug, "#{Id} began to wait for {Wait:l}, on thread {Thread:l}")]
    private static partial void BeganToWait(ILogger logger, long id, string wait, ThreadIdentity thread);

    [LoggerMessage(1022, LogLevel.Debug, "#{Id} went on after {WaitedMs:0.0} ms, on thread {Thread:l}")]
    private static partial void WentOn(ILogger logger, long id, double waitedMs, ThreadIdentity thread);

    [LoggerMessage(1023, LogLevel.Debug, "#{Id} done, on thread {Thread:l}")]
    private static partial void Done(ILogger logger, long id, ThreadIdentity thread);

    [LoggerMessage(1024, LogLevel.Debug, "The moments of {Count} more requests within a second are not told")]
    private static partial void LeftOut(ILogger logger, long count);
}
