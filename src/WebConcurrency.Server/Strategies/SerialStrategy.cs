using WebConcurrency.Server.Threading;

namespace WebConcurrency.Server.Strategies;

/// <summary>One thread for all requests, first come first served: what a server without threads does.</summary>
internal sealed class SerialStrategy : IStrategy, IDisposable
{
    private readonly WorkQueue _queue = new();
    private readonly Lock _lock = new();
    private Thread? _thread;

    public string Name => "serial";

    public BodyStyle Style => BodyStyle.Blocks;

    public void Start(WorkItem item)
    {
        lock (_lock)
        {
            // Where the system gives no thread now, the next request tries again.
            _thread ??= OwnedThread.Start("serial", Serve);
        }

        _queue.Add(item);
    }

    public void Dispose() => _queue.Close();

    private void Serve()
    {
        while (_queue.Take() is { } item)
        {
            item.Run();
        }
    }
}
