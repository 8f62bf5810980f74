using WebConcurrency.Server.Database;
using WebConcurrency.Server.Threading;

namespace WebConcurrency.Server.Waiting;

/// <summary>Every way to wait.</summary>
internal sealed class WaitingStyles
{
    private readonly AsyncWaiting _async;
    private readonly BlockingWaiting _blocking;
    private readonly BlockingWaiting _blockingUnderLock;

    public WaitingStyles(DatabaseHost host, WorkerThreads workers, Cancellations cancellations, GlobalLock gil, TimeProvider time)
    {
        _blocking = new BlockingWaiting(host, workers, cancellations);
        _blockingUnderLock = new BlockingWaiting(host, workers, cancellations, gil);
        _async = new AsyncWaiting(host, workers, cancellations, time, _blocking);
    }

    public IWaiting For(BodyStyle style) => style switch
    {
        BodyStyle.Awaits => _async,
        BodyStyle.Blocks => _blocking,
        _ => _blockingUnderLock,
    };
}
