using Npgsql;
using WebConcurrency.Server.Database;

namespace WebConcurrency.Server.Tests.Running;

/// <summary>One private cluster for all tests that do not test the private cluster itself.</summary>
public sealed class TestPostgres : IAsyncLifetime
{
    private PrivatePostgres? _postgres;

    public string ConnectionString => _postgres!.ConnectionString;

    public async ValueTask InitializeAsync()
    {
        var binaries = PostgresBinaries.Find(Environment.GetEnvironmentVariable("PATH"));
        Assert.SkipWhen(binaries is null, DatabaseGuidance.NoPostgres());
        _postgres = await PrivatePostgres.StartAsync(binaries, null, CancellationToken.None);
    }

    /// <summary>Waits until a statement on the server is in the given wait, seen from PostgreSQL itself.</summary>
    public async Task UntilAsync(string condition, long expected)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        await using var command = source.CreateCommand($"select count(*) from pg_stat_activity where pid <> pg_backend_pid() and {condition}");
        await Eventually.EqualAsync(
            expected,
            async () => (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!,
            $"the number of sessions in PostgreSQL with {condition}");
    }

    /// <summary>Keeps every <see cref="LockedWorkload"/> waiting until the result is disposed of.</summary>
    public async Task<IAsyncDisposable> LockAsync()
    {
        // Without a pool: closing the connection ends its session, and with it the lock.
        var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand($"select pg_advisory_lock({LockedWorkload.Key})", connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _postgres?.DisposeAsync() ?? ValueTask.CompletedTask;
}
