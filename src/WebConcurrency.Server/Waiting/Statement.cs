using System.Data.Common;
using Dapper;
using Npgsql;

namespace WebConcurrency.Server.Waiting;

/// <summary>What blocking and async leaves share: a command from SQL and values, rows from a reader, and what a cancelled statement means.</summary>
internal static class Statement
{
    public static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] values)
    {
        // Positional: Npgsql sends the SQL as it is instead of rewriting it for each execution.
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }

    public static Func<DbDataReader, T> Mapper<T>(DbDataReader reader) => reader.GetRowParser<T>();

    /// <summary>Whether a failure is nothing but the cancellation that was asked for.</summary>
    public static bool IsCancellation(NpgsqlException exception, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
        && exception is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled };

    public static OperationCanceledException Cancelled(NpgsqlException exception, CancellationToken cancellationToken) =>
        new(exception.Message, exception, cancellationToken);
}
