using WebConcurrency.Recording;
using WebConcurrency.Server.Database;
using WebConcurrency.Server.Threading;

namespace WebConcurrency.Server.Waiting;

/// <summary>Each leaf blocks the calling thread and returns a completed task.</summary>
/// <param name="host">The database.</param>
/// <param name="workers">Makes threads beside the caller's own.</param>
/// <param name="cancellations">Where statements are cancelled.</param>
/// <param name="gil">A lock that bodies hold while they compute and let go while they wait; <see langword="null"/>: none.</param>
internal sealed class BlockingWaiting(DatabaseHost host, WorkerThreads workers, Cancellations cancellations, GlobalLock? gil = null) : IWaiting
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
            using var session = new BlockingSession(database, cancellations, gil, cancellationToken);

            // Over before the permit goes back.
            return ValueTask.FromResult(BlockingBody.Result(body(session)));
        }
        finally
        {
            database.Gate.Release();
        }
    }

    public ValueTask<T[]> JoinAsync<T>(int count, Func<int, IWaiting, T> body, CancellationToken cancellationToken)
    {
        using var letGo = GlobalLock.LetGo(gil);
        var started = workers.Start(count, number => BlockingBody.Result(RunAsync(() => ValueTask.FromResult(body(number, this)), cancellationToken)));
        return ValueTask.FromResult(started.Join());
    }

    public void Checkpoint(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        gil?.Checkpoint(cancellationToken);
    }
}
