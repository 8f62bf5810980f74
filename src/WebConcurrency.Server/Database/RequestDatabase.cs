using Npgsql;
using WebConcurrency.Server.Queueing;

namespace WebConcurrency.Server.Database;

/// <summary>
/// The database as requests see it: a gate and a pool of the same size. The gate stands in front, because Npgsql's own wait for a pooled
/// connection is neither fair between blocking and async callers nor punctual when the thread pool starves.
/// </summary>
/// <param name="source">The pool.</param>
/// <param name="gate">The gate.</param>
/// <param name="cancelling">Connections that cancel what runs on those of the pool; as many as there are threads for it.</param>
internal sealed class RequestDatabase(NpgsqlDataSource source, FifoGate gate, NpgsqlDataSource cancelling) : IAsyncDisposable
{
    /// <summary>One permit for each pooled connection; enter it before opening and leave it after closing.</summary>
    public FifoGate Gate => gate;

    public NpgsqlDataSource Source => source;

    /// <summary>Has PostgreSQL cancel a statement if it has begun it, and nothing else; otherwise does nothing. Blocks. Never throws.</summary>
    /// <param name="backend">The process of the statement's connection.</param>
    /// <param name="sql">The statement.</param>
    public void Cancel(int backend, string sql)
    {
        try
        {
            // A proxy may have made the number up: what counts is that this process runs this statement.
            using var command = cancelling.CreateCommand(
                "select pg_cancel_backend(pid) from pg_stat_activity where pid = $1 and state = 'active' and query = $2 and usename = current_user");
            command.Parameters.AddWithValue(backend);
            command.Parameters.AddWithValue(sql);
            command.ExecuteNonQuery();
        }
        catch (Exception exception) when (exception is NpgsqlException or ObjectDisposedException)
        {
            // Whoever asked asks again, and at last the statement's own time limit ends it.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await cancelling.DisposeAsync();
    }
}
