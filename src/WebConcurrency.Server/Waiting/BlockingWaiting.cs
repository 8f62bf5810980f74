using System.Data;
using Npgsql;
using WebConcurrency.Recording;
using WebConcurrency.Server.Database;
using WebConcurrency.Server.Queueing;

namespace WebConcurrency.Server.Waiting;

/// <summary>Each leaf blocks the calling thread and returns a completed task.</summary>
internal sealed class BlockingWaiting(DatabaseHost host) : IWaiting
{
    public ValueTask ExecuteAsync(string sql, object value, CancellationToken cancellationToken)
    {
        WithCommand(sql, value, static command => command.ExecuteNonQuery(), cancellationToken);
        return ValueTask.CompletedTask;
    }

    public ValueTask<T> QuerySingleAsync<T>(string sql, object value, CancellationToken cancellationToken) =>
        ValueTask.FromResult(WithCommand(sql, value, static command =>
        {
            using var reader = command.ExecuteReader(CommandBehavior.SingleRow);
            return reader.Read() ? Statement.Map<T>(reader) : throw Statement.NoRow(command.CommandText);
        }, cancellationToken));

    private T WithCommand<T>(string sql, object value, Func<NpgsqlCommand, T> execute, CancellationToken cancellationToken)
    {
        var database = host.Requests;
        EnterGate(database.Gate, cancellationToken);
        try
        {
            using var wait = RequestConcurrency.Wait(WaitKind.Database);
            using var connection = database.Source.OpenConnection();
            using var command = Statement.Command(connection, sql, value);

            // Disposed before the connection goes back: a cancellation under way is over before anybody else uses it.
            using var cancel = cancellationToken.UnsafeRegister(static command => ((NpgsqlCommand)command!).Cancel(), command);
            return execute(command);
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

    private static void EnterGate(FifoGate gate, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!gate.TryEnter())
        {
            using var wait = RequestConcurrency.Wait(WaitKind.Connection);
            gate.Enter(cancellationToken);
        }
    }
}
