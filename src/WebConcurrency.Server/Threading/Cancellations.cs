namespace WebConcurrency.Server.Threading;

/// <summary>
/// Tells bodies that nobody waits for them any more. Not on the thread pool: what a body does about it may block (Npgsql cancels a statement by opening
/// a connection, which takes seconds when the database hangs), and the pool is what answers depend on. Thread-safe.
/// </summary>
internal sealed partial class Cancellations(ILogger<Cancellations> logger)
{
    private readonly OwnedExecutor _telling = new("cancel", 1, exception => Failed(logger, exception));
    private readonly OwnedExecutor _blocking = new("cancel-database", ThreadBudget.Cancelling, exception => Failed(logger, exception));

    /// <summary>Cancels the token of a body. Those who are registered there must not block; they can hand on what does. At most a few for each request.</summary>
    public void Tell(CancellationTokenSource stop) => _telling.Run(stop.Cancel);

    /// <summary>Does what may block. At most one for each statement that runs: where several hang, the others wait.</summary>
    public void Run(Action blocking) => _blocking.Run(blocking);

    [LoggerMessage(2020, LogLevel.Error, "A cancellation failed")]
    private static partial void Failed(ILogger logger, Exception exception);
}
