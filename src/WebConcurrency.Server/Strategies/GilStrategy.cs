using WebConcurrency.Server.Threading;

namespace WebConcurrency.Server.Strategies;

/// <summary>A new thread for each request, of which one at a time may compute: Python's threads under its global interpreter lock.</summary>
internal sealed class GilStrategy : IStrategy
{
    public string Name => "gil";

    public bool MakesThreads => true;

    public BodyStyle Style => BodyStyle.BlocksUnderGlobalLock;

    public void Start(WorkItem item)
    {
        item.ThreadStarting();
        OwnedThread.Start("gil", item.Run, item.Urgency);
    }
}
