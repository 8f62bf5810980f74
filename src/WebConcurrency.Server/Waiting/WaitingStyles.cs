using WebConcurrency.Server.Database;

namespace WebConcurrency.Server.Waiting;

/// <summary>Every way to wait.</summary>
internal sealed class WaitingStyles(DatabaseHost host, GlobalLock gil)
{
    private readonly AsyncWaiting _async = new(host);
    private readonly BlockingWaiting _blocking = new(host);
    private readonly BlockingWaiting _blockingUnderLock = new(host, gil);

    public IWaiting For(BodyStyle style) => style switch
    {
        BodyStyle.Awaits => _async,
        BodyStyle.Blocks => _blocking,
        _ => _blockingUnderLock,
    };
}
