using Npgsql;
using WebConcurrency.Recording;
using WebConcurrency.Server.Database;

namespace WebConcurrency.Server.Waiting;

/// <summary>Each statement is awaited. The connection is opened with the first one, in the same wait.</summary>
internal sealed class AsyncSession(NpgsqlDataSource source, CancellationToken cancellationToken) : ISession, IAsyncDisposable
{
    private NpgsqlConnection? _connection;
    private NpgsqlTransaction? _transaction;

    public ValueTask<int> ExecuteAsync(string sql, params object[] values) =>
        RunAsync(sql, values, static (command, token) => command.ExecuteNonQueryAsync(token));

    public ValueTask<IReadOnlyList<T>> QueryAsync<T>(string sql, params object[] values) => RunAsync(sql, values, static async (command, token) =>
    {
        await using var reader = await command.ExecuteReaderAsync(token);
        var map = Statement.Mapper<T>(reader);
        var rows = new List<T>(1);
        while (await reader.ReadAsync(token))
        {
            rows.Add(map(reader));
        }

        return (IReadOnlyList<T>)rows;
    });

    public async ValueTask BeginAsync()
    {
        using var wait = RequestConcurrency.Wait(WaitKind.Database);
        _transaction = await (await ConnectionAsync()).BeginTransactionAsync(cancellationToken);
    }

    public async ValueTask CommitAsync()
    {
        using var wait = RequestConcurrency.Wait(WaitKind.Database);
        await _transaction!.CommitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            using var wait = _transaction is null ? default : RequestConcurrency.Wait(WaitKind.Database);
            await (_transaction?.DisposeAsync() ?? ValueTask.CompletedTask);
            await _connection.DisposeAsync();
        }
    }

    private async ValueTask<NpgsqlConnection> ConnectionAsync()
    {
        try
        {
            return _connection ??= await source.OpenConnectionAsync(cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            throw new DatabaseUnreachableException(exception);
        }
    }

    private async ValueTask<T> RunAsync<T>(string sql, object[] values, Func<NpgsqlCommand, CancellationToken, Task<T>> execute)
    {
        try
        {
            using var wait = RequestConcurrency.Wait(WaitKind.Database);
            await using var command = Statement.Command(await ConnectionAsync(), sql, values);
            return await execute(command, cancellationToken);
        }
        catch (NpgsqlException exception) when (Statement.IsCancellation(exception, cancellationToken))
        {
            throw Statement.Cancelled(exception, cancellationToken);
        }
    }
}
