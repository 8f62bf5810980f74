using Microsoft.Extensions.Options;
using Npgsql;
using WebConcurrency.Server.Queueing;
using WebConcurrency.Server.Threading;

namespace WebConcurrency.Server.Database;

/// <summary>Brings the database up before the server listens and takes its own down after the server has stopped.</summary>
internal sealed partial class DatabaseHost(
    IConfiguration configuration, IOptions<DatabaseOptions> options, ThreadBudget budget, TimeProvider time, ILogger<DatabaseHost> logger)
    : IHostedLifecycleService, IAsyncDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);

    private readonly DatabaseOptions _options = options.Value;
    private PrivatePostgres? _private;
    private RequestDatabase? _requests;
    private NpgsqlDataSource? _observing;

    /// <summary>The database as requests use it.</summary>
    /// <exception cref="InvalidOperationException">The server has not started yet.</exception>
    public RequestDatabase Requests => _requests ?? throw NotStarted();

    /// <summary>The gate in front of the requests' connections; <see langword="null"/> before the server has started and after it has stopped.</summary>
    public FifoGate? Gate => _requests?.Gate;

    /// <summary>Connections that no request can use up.</summary>
    /// <inheritdoc cref="Requests"/>
    public NpgsqlDataSource Observing => _observing ?? throw NotStarted();

    /// <summary>Whether the database is to be a cluster of the server's own.</summary>
    public static bool KeepsCluster(IConfiguration configuration) => string.IsNullOrWhiteSpace(configuration.GetConnectionString("Postgres"));

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var connectionString = KeepsCluster(configuration)
            ? await StartPrivateAsync(cancellationToken)
            : configuration.GetConnectionString("Postgres")!;

        try
        {
            _observing = NpgsqlDataSource.Create(ConnectionSettings.ForObserving(connectionString));
            var allowed = await ConnectAsync(_observing, cancellationToken);
            await Schema.CreateAsync(_observing, cancellationToken);
            var wanted = _options.Connections ?? Math.Min(allowed, ConnectionSettings.Limit(connectionString) ?? allowed);
            var connections = Math.Min(wanted, budget.Connections);
            if (_options.Connections > connections)
            {
                TooMany(logger, wanted, connections);
            }

            var source = NpgsqlDataSource.Create(ConnectionSettings.ForRequests(connectionString, connections, _options.StatementTime));
            _requests = new RequestDatabase(
                source, new FifoGate("a database connection", connections, maxWaiting: int.MaxValue, _options.ConnectionWait, time));
            Ready(logger, _private is null ? "the configured database" : $"a private cluster in {_private.Directory}", connections);
        }
        catch (Exception exception) when (exception is ArgumentException or NpgsqlException)
        {
            var which = _private is null ? "database of ConnectionStrings:Postgres" : "private PostgreSQL";
            throw new StartException($"The {which} could not be used: {exception.Message}", exception);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken) => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await (Interlocked.Exchange(ref _requests, null)?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Interlocked.Exchange(ref _observing, null)?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Interlocked.Exchange(ref _private, null)?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private async Task<string> StartPrivateAsync(CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new StartException(DatabaseGuidance.NoPrivateClusterHere());
        }

        var binaries = PostgresBinaries.Find(Environment.GetEnvironmentVariable("PATH")) ?? throw new StartException(DatabaseGuidance.NoPostgres());
        _private = await PrivatePostgres.StartAsync(binaries, _options.DataDirectory, cancellationToken);
        return _private.ConnectionString;
    }

    /// <summary>Waits until the database answers.</summary>
    /// <returns>How many connections requests may use.</returns>
    private async Task<int> ConnectAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await ConnectionLimit.ReadAsync(source, cancellationToken);
            }
            catch (NpgsqlException exception) when (exception is not PostgresException { IsTransient: false } && time.GetElapsedTime(started) < _options.StartTime)
            {
                await Task.Delay(RetryPause, time, cancellationToken);
            }
        }
    }

    private static InvalidOperationException NotStarted() => new("The database is used before the server has started, or after it has stopped.");

    [LoggerMessage(2001, LogLevel.Warning, "Postgres:Connections is {Wanted}, and the system gives processes for {Connections}")]
    private static partial void TooMany(ILogger logger, int wanted, int connections);

    [LoggerMessage(2000, LogLevel.Information, "PostgreSQL: {Where:l}, {Connections} connections for requests")]
    private static partial void Ready(ILogger logger, string where, int connections);
}
