using Npgsql;
using WebConcurrency.Recording;
using WebConcurrency.Server.Database;
using WebConcurrency.Server.Threading;

namespace WebConcurrency.Server.Waiting;

/// <summary>Each statement blocks the calling thread. The connection is opened with the first one, in the same wait.</summary>
internal sealed class BlockingSession(
    RequestDatabase database, Cancellations cancellations, GlobalLock? gil, CancellationToken cancellationToken) : ISession, IDisposable
{
    // Npgsql's cancellation has no effect before the statement is under way, and none again after it had one.
    private readonly SessionCancellation _cancellation = new(database, cancellations, static command => command.Cancel(), cancellationToken);
    private NpgsqlConnection? _connection;
    private NpgsqlTransaction? _transaction;

    public ValueTask<int> ExecuteAsync(string sql, params object[] values) => Run(sql, values, static command => command.ExecuteNonQuery());

    public ValueTask<IReadOnlyList<T>> QueryAsync<T>(string sql, params object[] values) => Run<IReadOnlyList<T>>(sql, values, static command =>
    {
        using var reader = command.ExecuteReader();
        var map = Statement.Mapper<T>(reader);
        var rows = new List<T>(1);
        while (reader.Read())
        {
            rows.Add(map(reader));
        }

        return rows;
    });

    public ValueTask BeginAsync()
    {
        using var letGo = GlobalLock.LetGo(gil);
        using var wait = RequestConcurrency.Wait(WaitKind.Database);
        _transaction = Connection().BeginTransaction();
        return ValueTask.CompletedTask;
    }

    public ValueTask CommitAsync()
    {
        using var letGo = GlobalLock.LetGo(gil);
        using var wait = RequestConcurrency.Wait(WaitKind.Database);
        cancellationToken.ThrowIfCancellationRequested();
        _transaction!.Commit();
        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        _cancellation.Dispose();
        if (_connection is not null)
        {
            if (_transaction is not null)
            {
                // Undoes what was not committed.
                using var letGo = GlobalLock.LetGo(gil);
                using var wait = RequestConcurrency.Wait(WaitKind.Database);
                _transaction.Dispose();
            }

            _connection.Dispose();
        }
    }

    private NpgsqlConnection Connection()
    {
        try
        {
            return _connection ??= database.Source.OpenConnection();
        }
        catch (NpgsqlException exception)
        {
            throw new DatabaseUnreachableException(exception);
        }
    }

    private ValueTask<T> Run<T>(string sql, object[] values, Func<NpgsqlCommand, T> execute)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var letGo = GlobalLock.LetGo(gil);
            using var wait = RequestConcurrency.Wait(WaitKind.Database);
            using var command = Statement.Command(Connection(), sql, values);
            _cancellation.Begin(command);
            try
            {
                return ValueTask.FromResult(execute(command));
            }
            finally
            {
                // Before anything else uses the connection.
                _cancellation.End();
            }
        }
        catch (NpgsqlException exception) when (Statement.IsCancellation(exception, cancellationToken))
        {
            throw Statement.Cancelled(exception, cancellationToken);
        }
    }
}
