using WebConcurrency.Server.Threading;

namespace WebConcurrency.Server.Strategies;

/// <summary>As the server's own, except that with <c>SABOTAGED_THREAD=serial</c> all requests secretly share one thread.</summary>
internal sealed class ThreadStrategy : IStrategy, IDisposable
{
    private static readonly bool Sabotaged = Environment.GetEnvironmentVariable("SABOTAGED_THREAD") == "serial";

    private readonly SerialStrategy _serial = new();

    public string Name => "thread";

    public bool MakesThreads => true;

    public BodyStyle Style => BodyStyle.Blocks;

    public void Start(WorkItem item)
    {
        if (Sabotaged)
        {
            _serial.Start(item);
            return;
        }

        item.ThreadStarting();
        OwnedThread.Start("request", item.Run, item.Urgency);
    }

    public void Dispose() => _serial.Dispose();
}
