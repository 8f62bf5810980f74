using WebConcurrency.Recording;
using WebConcurrency.Server.Database;

namespace WebConcurrency.Server.Waiting;

/// <summary>Each leaf awaits and lets its thread go.</summary>
internal sealed class AsyncWaiting(DatabaseHost host) : IWaiting
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
            await using var session = new AsyncSession(database.Source, cancellationToken);
            return await body(session);
        }
        finally
        {
            database.Gate.Release();
        }
    }

    public void Checkpoint(CancellationToken cancellationToken) => cancellationToken.ThrowIfCancellationRequested();
}
