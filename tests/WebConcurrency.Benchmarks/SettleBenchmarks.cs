using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging;
using WebConcurrency.Outputs;
using WebConcurrency.Recording;

namespace WebConcurrency.Benchmarks;

/// <summary>The making of a record of a request that waited for I/O while others worked, and of its line in the log. Off the request's path.</summary>
public class SettleBenchmarks
{
    private RecordedRequests _requests = null!;
    private RequestLog? _log;

    /// <summary>Whether each record gets a line, into a logger that throws it away.</summary>
    [Params(false, true)]
    public bool Logged { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _requests = new RecordedRequests(metered: false);
        if (Logged)
        {
            var loggers = new LoggerFactory([new FormattingLogger()]);
            _log = new RequestLog(loggers, _requests.Ledger, new RequestConcurrencyOptions { LoggedPerSecond = int.MaxValue }, TimeProvider.System);
            _requests.Ledger.AddOutput(_log);
        }

        RecordedRequests.Warm(() =>
        {
            WaitAndClose();
            Settle();
        });
    }

    [IterationSetup]
    public void WaitAndClose()
    {
        _requests.Open();
        for (var i = 0; i < RecordedRequests.Count; i++)
        {
            // Each waits while the next one works a little.
            var next = _requests.Contexts[(i + 1) % RecordedRequests.Count];
            ExecutionContext.Run(_requests.Contexts[i], static next =>
            {
                using (RequestConcurrency.Wait(WaitKind.Database))
                {
                    ExecutionContext.Run((ExecutionContext)next!, static _ => Thread.SpinWait(10), null);
                }
            }, next);
        }

        _requests.Close();
    }

    [Benchmark(OperationsPerInvoke = RecordedRequests.Count)]
    public void Settle() => _requests.Ledger.Settle();

    [GlobalCleanup]
    public void CleanUp() => _log?.Dispose();

    private sealed class FormattingLogger : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            formatter(state, exception);

        public void Dispose()
        {
        }
    }
}
