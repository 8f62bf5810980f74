namespace WebConcurrency.Server.Waiting;

/// <summary>Both ways to wait.</summary>
internal sealed class WaitingStyles(BlockingWaiting blocking, AsyncWaiting async)
{
    /// <param name="blocks">Whether the body has a thread that it must block.</param>
    public IWaiting For(bool blocks) => blocks ? blocking : async;
}
