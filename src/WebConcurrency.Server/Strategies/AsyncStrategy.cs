namespace WebConcurrency.Server.Strategies;

/// <summary>No thread of its own: the request runs on the thread that brought it, lets it go at each wait and goes on on any.</summary>
internal sealed class AsyncStrategy : IStrategy
{
    public string Name => "async";

    public BodyStyle Style => BodyStyle.Awaits;

    public void Start(WorkItem item) => _ = item.RunAsync();
}
