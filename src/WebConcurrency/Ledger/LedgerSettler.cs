using Microsoft.Extensions.Hosting;

namespace WebConcurrency.Ledger;

/// <summary>
/// The one thread that makes records of finished requests and feeds the outputs. A thread of its own, so that a starved thread pool does not
/// stop the log that tells of it.
/// </summary>
internal sealed class LedgerSettler(RequestLedger ledger) : IHostedService, IDisposable
{
    // Under load a batch is settled at once: a wake-up for each request would cost more than the recording.
    private static readonly TimeSpan BatchPause = TimeSpan.FromMilliseconds(5);

    private readonly AutoResetEvent _pending = new(false);
    private readonly ManualResetEvent _stopping = new(false);
    private Thread? _thread;
    private int _signalled;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        ledger.RecordPending = Wake;
        _thread = new Thread(Run) { IsBackground = true, Name = "request-ledger" };
        _thread.UnsafeStart();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _stopping.Set();
        _thread?.Join();
        ledger.Settle();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _pending.Dispose();
        _stopping.Dispose();
    }

    private void Wake()
    {
        // The event is a system call; only the first request of a batch pays it.
        if (Interlocked.Exchange(ref _signalled, 1) == 0)
        {
            _pending.Set();
        }
    }

    private void Run()
    {
        WaitHandle[] either = [_stopping, _pending];
        while (WaitHandle.WaitAny(either) != 0)
        {
            _stopping.WaitOne(BatchPause);
            Interlocked.Exchange(ref _signalled, 0);
            try
            {
                ledger.Settle();
            }
            catch (Exception exception)
            {
                ledger.Fault(exception);
            }
        }
    }
}
