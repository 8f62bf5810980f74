using WebConcurrency.Recording;
using WebConcurrency.Server.Database;

namespace WebConcurrency.Server.Waiting;

/// <summary>Each leaf blocks the calling thread and returns a completed task.</summary>
/// <param name="host">The database.</param>
/// <param name="gil">A lock that bodies hold while they compute and let go while they wait; <see langword="null"/>: none.</param>
internal sealed class BlockingWaiting(DatabaseHost host, GlobalLock? gil = null) : IWaiting
{
    public ValueTask<T> RunAsync<T>(Func<ValueTask<T>> body, CancellationToken cancellationToken)
    {
        if (gil is null)
        {
            return body();
        }

        gil.Acquire(cancellationToken);
        try
        {
            return ValueTask.FromResult(BlockingBody.Result(body()));
        }
        finally
        {
            gil.Release();
        }
    }

    public ValueTask<T> UseAsync<T>(Func<ISession, ValueTask<T>> body, CancellationToken cancellationToken)
    {
        var database = host.Requests;
        cancellationToken.ThrowIfCancellationRequested();
        if (!database.Gate.TryEnter())
        {
            using var letGo = GlobalLock.LetGo(gil);
            using var wait = RequestConcurrency.Wait(WaitKind.Connection);
            database.Gate.Enter(cancellationToken);
        }

        try
        {
            using var session = new BlockingSession(database.Source, gil, cancellationToken);

            // Over before the permit goes back.
            return ValueTask.FromResult(BlockingBody.Result(body(session)));
        }
        finally
        {
            database.Gate.Release();
        }
    }

    public void Checkpoint(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        gil?.Checkpoint(cancellationToken);
    }
}
