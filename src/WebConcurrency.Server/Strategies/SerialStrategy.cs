namespace WebConcurrency.Server.Strategies;

/// <summary>One thread for all requests, first come first served: what a server without threads does.</summary>
internal sealed class SerialStrategy : IStrategy, IDisposable
{
    private readonly WorkQueue _queue = new();
    private int _started;

    public string Name => "serial";

    public BodyStyle Style => BodyStyle.Blocks;

    public void Start(WorkItem item)
    {
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            OwnedThread.Start("serial", Serve);
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
