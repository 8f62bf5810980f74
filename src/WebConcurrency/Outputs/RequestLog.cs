using Microsoft.Extensions.Logging;
using WebConcurrency.Ledger;
using WebConcurrency.Recording;

namespace WebConcurrency.Outputs;

/// <summary>Writes one line for each finished request, bounded by the second. Event ids 1000–1019.</summary>
internal sealed partial class RequestLog : IRecordOutput, IDisposable
{
    private const int NamedWorkers = 3;
    private const int MostToChooseFrom = 100;

    private readonly ILogger _logger;
    private readonly RequestLedger _ledger;
    private readonly Columns _columns;
    private readonly LineBudget _budget;

    public RequestLog(ILoggerFactory loggers, RequestLedger ledger, RequestConcurrencyOptions options, TimeProvider time)
    {
        _logger = loggers.CreateLogger("WebConcurrency.Requests");
        _ledger = ledger;
        _columns = new Columns(options);
        _budget = new LineBudget(time, options.LoggedPerSecond, count => LeftOut(_logger, count));
        ledger.Faulted = exception => Fault(_logger, exception);
    }

    /// <summary>Requests without a line since the start.</summary>
    public long LinesLeftOut => _budget.TotalRefused;

    public void Write(in RecordFigures figures)
    {
        if (!_logger.IsEnabled(LogLevel.Information) || !_budget.TryTake())
        {
            return;
        }

        if (_ledger.Find(figures.Id) is not { } record)
        {
            return;
        }

        var columns = _columns.Of(record);
        Finished(
            _logger, figures.Id, figures.Method, figures.Route, figures.Status, figures.Strategy ?? "-", ThreadWords.Of(record.Threads), Times(columns),
            Overlap(record),
            columns.WallMs, columns.QueueMs, columns.WaitMs, columns.CpuMs, columns.RunnableMs, columns.WorkMs, columns.CoveredMs, columns.OthersWorkMs, columns.Overlapped);
    }

    public void Dispose() => _budget.Dispose();

    /// <summary>Names those who worked meanwhile, unless they are so many that finding the foremost of them would cost more than the line tells.</summary>
    private string Overlap(RequestRecord record) => OverlapWords.Of(
        record,
        record.Figures.Overlapped is > 0 and <= MostToChooseFrom
            ? _ledger.WhoWorked(record, static phase => phase.Kind.IsIoWait(), NamedWorkers)
            : new OverlapFinding([], record.Figures.Overlapped ?? 0, Complete: record.Figures.Overlapped is not null));

    private static string Times(RecordJson columns)
    {
        var parts = new List<string>(5) { $"took {columns.WallMs:0.0} ms" };
        Add("queue", columns.QueueMs);
        Add("wait", columns.WaitMs);
        Add("CPU", columns.CpuMs);
        Add("wanting a CPU", columns.RunnableMs);
        Add("work", columns.WorkMs);
        return string.Join(", ", parts);

        void Add(string name, double? milliseconds)
        {
            if (milliseconds is { } known)
            {
                parts.Add(FormattableString.Invariant($"{name} {known:0.0} ms"));
            }
        }
    }

    // The last parameters are not in the sentence; they become properties by their own names, hence the capitals.
    [LoggerMessage(1000, LogLevel.Information, "#{Id} {Method:l} {Route:l} {Status} {Strategy:l} on {Threads:l}: {Times:l}. {Overlap:l}")]
    private static partial void Finished(
        ILogger logger, long id, string method, string route, int status, string strategy, string threads, string times, string overlap,
        double WallMs, double? QueueMs, double? WaitMs, double? CpuMs, double? RunnableMs, double? WorkMs, double? CoveredMs, double? OthersWorkMs, int? Overlapped);

    [LoggerMessage(1001, LogLevel.Information, "{Count} more requests finished within a second and are not logged one by one; their records are kept")]
    private static partial void LeftOut(ILogger logger, long count);

    [LoggerMessage(1002, LogLevel.Error, "Recording a request failed; the request itself was not disturbed")]
    private static partial void Fault(ILogger logger, Exception exception);
}
