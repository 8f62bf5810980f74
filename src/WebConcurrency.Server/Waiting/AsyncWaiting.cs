using System.Data;
using Npgsql;
using WebConcurrency.Recording;
using WebConcurrency.Server.Database;
using WebConcurrency.Server.Queueing;

namespace WebConcurrency.Server.Waiting;

/// <summary>Each leaf awaits and lets its thread go.</summary>
internal sealed class AsyncWaiting(DatabaseHost host) : IWaiting
{
    public async ValueTask ExecuteAsync(string sql, object value, CancellationToken cancellationToken) =>
        await WithCommandAsync(sql, value, static (command, token) => command.ExecuteNonQueryAsync(token), cancellationToken);

    public ValueTask<T> QuerySingleAsync<T>(string sql, object value, CancellationToken cancellationToken) =>
        WithCommandAsync(sql, value, static async (command, token) =>
        {
            await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, token);
            return await reader.ReadAsync(token) ? Statement.Map<T>(reader) : throw Statement.NoRow(command.CommandText);
        }, cancellationToken);

    private async ValueTask<T> WithCommandAsync<T>(
        string sql, object value, Func<NpgsqlCommand, CancellationToken, Task<T>> execute, CancellationToken cancellationToken)
    {
        var database = host.Requests;
        await EnterGateAsync(database.Gate, cancellationToken);
        try
        {
            using var wait = RequestConcurrency.Wait(WaitKind.Database);
            await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
            await using var command = Statement.Command(connection, sql, value);
            return await execute(command, cancellationToken);
        }
        catch (NpgsqlException exception) when (Statement.IsCancellation(exception, cancellationToken))
        {
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
        finally
        {
            database.Gate.Release();
        }
    }

    private static async ValueTask EnterGateAsync(FifoGate gate, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!gate.TryEnter())
        {
            using var wait = RequestConcurrency.Wait(WaitKind.Connection);
            await gate.EnterAsync(cancellationToken);
        }
    }
}
