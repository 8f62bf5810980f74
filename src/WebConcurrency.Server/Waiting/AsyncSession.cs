using Npgsql;
using WebConcurrency.Recording;
using WebConcurrency.Server.Database;
using WebConcurrency.Server.Threading;

namespace WebConcurrency.Server.Waiting;

/// <summary>Each statement is awaited. The connection is opened with the first one, in the same wait.</summary>
internal sealed class AsyncSession : ISession, IAsyncDisposable
{
    private readonly RequestDatabase _database;
    private readonly CancellationToken _cancellationToken;
    private readonly SessionCancellation _cancellation;

    // What Npgsql is given: it blocks whoever cancels this.
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _limit;
    private bool _late;
    private NpgsqlConnection? _connection;
    private NpgsqlTransaction? _transaction;

    /// <param name="database">The connections.</param>
    /// <param name="cancellations">Where statements are cancelled.</param>
    /// <param name="time">The clock of the statements' time limit.</param>
    /// <param name="cancellationToken">Nobody waits for the session any more.</param>
    public AsyncSession(RequestDatabase database, Cancellations cancellations, TimeProvider time, CancellationToken cancellationToken)
    {
        _database = database;
        _cancellationToken = cancellationToken;
        _cancellation = new SessionCancellation(database, cancellations, _ => _stop.Cancel(), cancellationToken);
        _limit = time.CreateTimer(_ => Late(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        void Late()
        {
            Volatile.Write(ref _late, true);
            _cancellation.Start();
        }
    }

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
        _transaction = await (await ConnectionAsync()).BeginTransactionAsync(_cancellationToken);
    }

    public async ValueTask CommitAsync()
    {
        using var wait = RequestConcurrency.Wait(WaitKind.Database);

        // Not cancelled half-way: nobody could tell what came of it.
        _cancellationToken.ThrowIfCancellationRequested();
        await _transaction!.CommitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        _cancellation.Dispose();
        await _limit.DisposeAsync();
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
            return _connection ??= await _database.Source.OpenConnectionAsync(_cancellationToken);
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
            _cancellationToken.ThrowIfCancellationRequested();
            using var wait = RequestConcurrency.Wait(WaitKind.Database);
            await using var command = Statement.Command(await ConnectionAsync(), sql, values);
            _cancellation.Begin(command);
            try
            {
                BeginTime(command);
                return await execute(command, _stop.Token);
            }
            finally
            {
                _limit.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                await _cancellation.EndAsync();
            }
        }
        catch (OperationCanceledException exception) when (Volatile.Read(ref _late) && !_cancellationToken.IsCancellationRequested)
        {
            throw new NpgsqlException("The database kept neither its own time limit nor this server's.", new TimeoutException(exception.Message, exception));
        }
        catch (NpgsqlException exception) when (Statement.IsCancellation(exception, _cancellationToken))
        {
            throw Statement.Cancelled(exception, _cancellationToken);
        }
    }

    /// <summary>Npgsql would keep the command's time itself, and when it is over block a thread of the pool to cancel it.</summary>
    private void BeginTime(NpgsqlCommand command)
    {
        _limit.Change(command.CommandTimeout > 0 ? TimeSpan.FromSeconds(command.CommandTimeout) : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        command.CommandTimeout = 0;
    }
}
