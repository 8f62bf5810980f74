using Npgsql;
using WebConcurrency.Server.Queueing;

namespace WebConcurrency.Server.Database;

/// <summary>
/// The database as requests see it: a gate and a pool of the same size. The gate stands in front, because Npgsql's own wait for a pooled
/// connection is neither fair between blocking and async callers nor punctual when the thread pool starves.
/// </summary>
internal sealed class RequestDatabase(NpgsqlDataSource source, FifoGate gate) : IAsyncDisposable
{
    /// <summary>One permit for each pooled connection; enter it before opening and leave it after closing.</summary>
    public FifoGate Gate => gate;

    public NpgsqlDataSource Source => source;

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
