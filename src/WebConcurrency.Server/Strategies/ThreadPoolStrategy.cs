namespace WebConcurrency.Server.Strategies;

/// <summary>
/// A thread of the .NET thread pool, blocked while the request waits. The pool is left to grow as it does by itself: what is shown is what becomes of
/// everybody else who needs it, Kestrel first.
/// </summary>
internal sealed class ThreadPoolStrategy : IStrategy
{
    public string Name => "threadpool";

    public BodyStyle Style => BodyStyle.Blocks;

    public void Start(WorkItem item) => ThreadPool.UnsafeQueueUserWorkItem(static item => item.Run(), item, preferLocal: false);
}
