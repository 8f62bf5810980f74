using WebConcurrency.Server.Threading;

namespace WebConcurrency.Server.Strategies;

/// <summary>A new operating-system thread for each request; it ends with the request.</summary>
internal sealed class ThreadStrategy : IStrategy
{
    public string Name => "thread";

    public bool MakesThreads => true;

    public BodyStyle Style => BodyStyle.Blocks;

    public void Start(WorkItem item)
    {
        item.ThreadStarting();
        OwnedThread.Start("request", item.Run, item.Urgency);
    }
}
