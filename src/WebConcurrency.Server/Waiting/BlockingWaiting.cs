using WebConcurrency.Recording;
using WebConcurrency.Server.Database;

namespace WebConcurrency.Server.Waiting;

/// <summary>Each leaf blocks the calling thread and returns a completed task.</summary>
internal sealed class BlockingWaiting(DatabaseHost host) : IWaiting
{
    public ValueTask<T> UseAsync<T>(Func<ISession, ValueTask<T>> body, CancellationToken cancellationToken)
    {
        var database = host.Requests;
        cancellationToken.ThrowIfCancellationRequested();
        if (!database.Gate.TryEnter())
        {
            using var wait = RequestConcurrency.Wait(WaitKind.Connection);
            database.Gate.Enter(cancellationToken);
        }

        try
        {
            using var session = new BlockingSession(database.Source, cancellationToken);

            // Over before the permit goes back.
            return ValueTask.FromResult(BlockingBody.Result(body(session)));
        }
        finally
        {
            database.Gate.Release();
        }
    }

    public void Checkpoint(CancellationToken cancellationToken) => cancellationToken.ThrowIfCancellationRequested();
}
