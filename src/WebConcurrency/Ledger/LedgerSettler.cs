using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using WebConcurrency.Evidence;
using WebConcurrency.Recording;

namespace WebConcurrency.Ledger;

/// <summary>
/// The one thread that makes records of finished requests and feeds the outputs. A thread of its own, so that a starved thread pool does not
/// stop the log that tells of it.
/// </summary>
internal sealed class LedgerSettler(
    RequestLedger ledger, RuntimeEvents events, ClientSpans spans, ThreadPoolProbe probe, RequestConcurrencyOptions options) : IHostedService
{
    // A batch is settled at once, and what it costs by itself (two wake-ups and a mark among the runtime's events) is shared by its requests. One that asks for
    // its own record hardly waits; under load, when nobody can tell one from the next, batches are large.
    private static readonly TimeSpan BatchPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LoadedPause = TimeSpan.FromMilliseconds(40);
    private const int FewRequests = 8;

    // While nothing has to be settled: what was too much to be listened to may be little again.
    private static readonly TimeSpan RecoveryPause = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan TidyPause = TimeSpan.FromSeconds(1);

    private readonly StoppableThread _thread = new("request-ledger");
    private long _tidied;
    private int _signalled;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Enabled && options.RuntimeEvents)
        {
            events.Start(options.WaitHandles);
        }

        if (options.Enabled && options.ClientSpans)
        {
            spans.Start();
        }

        ledger.PoolDelay = probe.During;
        ledger.HasSeen = spans.HasSeen;
        events.Overheard += Wake;
        probe.Faulted = ledger.Fault;
        ledger.RecordPending = Wake;
        _thread.Start(Run);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        events.Overheard -= Wake;
        _thread.Stop();
        ledger.Settle();
        return Task.CompletedTask;
    }

    private void Wake()
    {
        // Waking is a system call; only the first request of a batch pays it.
        if (Volatile.Read(ref _signalled) == 0 && Interlocked.Exchange(ref _signalled, 1) == 0)
        {
            _thread.Wake();
        }
    }

    /// <summary>A burst of threads may end and none come after it.</summary>
    private void Tidy()
    {
        if (Stopwatch.GetElapsedTime(_tidied) > TidyPause)
        {
            ScheduleStatistics.Tidy();
            _tidied = Stopwatch.GetTimestamp();
        }
    }

    private void Run()
    {
        var recovered = true;
        var settled = 0;
        while (_thread.WaitUntilWoken(recovered ? null : RecoveryPause))
        {
            _thread.Pause(settled > FewRequests ? LoadedPause : BatchPause);
            Interlocked.Exchange(ref _signalled, 0);
            try
            {
                settled = ledger.Settle();
                recovered = events.Recover();
                Tidy();
            }
            catch (Exception exception)
            {
                ledger.Fault(exception);
            }
        }
    }
}
