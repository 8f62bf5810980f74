using WebConcurrency.Recording;
using WebConcurrency.Server.Database;
using WebConcurrency.Server.Threading;

namespace WebConcurrency.Server.Waiting;

/// <summary>Each leaf awaits and lets its thread go.</summary>
/// <param name="host">The database.</param>
/// <param name="workers">Makes threads.</param>
/// <param name="cancellations">Where statements are cancelled.</param>
/// <param name="time">The clock of the statements' time limit.</param>
/// <param name="blocking">How those threads wait.</param>
internal sealed class AsyncWaiting(DatabaseHost host, WorkerThreads workers, Cancellations cancellations, TimeProvider time, BlockingWaiting blocking) : IWaiting
{
    public ValueTask<T> RunAsync<T>(Func<ValueTask<T>> body, CancellationToken cancellationToken) => body();

    public async ValueTask<T> UseAsync<T>(Func<ISession, ValueTask<T>> body, CancellationToken cancellationToken)
    {
        var database = host.Requests;
        cancellationToken.ThrowIfCancellationRequested();
        if (!database.Gate.TryEnter())
        {
            using var wait = RequestConcurrency.Wait(WaitKind.Connection);
            await database.Gate.EnterAsync(cancellationToken);
        }

        try
        {
            await using var session = new AsyncSession(database, cancellations, time, cancellationToken);
            return await body(session);
        }
        finally
        {
            database.Gate.Release();
        }
    }

    public async ValueTask<T[]> JoinAsync<T>(int count, Func<int, IWaiting, T> body, CancellationToken cancellationToken) =>
        await workers.Start(count, number => body(number, blocking)).JoinAsync();

    public void Checkpoint(CancellationToken cancellationToken) => cancellationToken.ThrowIfCancellationRequested();
}
