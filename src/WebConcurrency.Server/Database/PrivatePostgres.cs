using System.Runtime.Versioning;

namespace WebConcurrency.Server.Database;

/// <summary>
/// A PostgreSQL cluster of this server's own, on a unix socket in a private directory. A guard process keeps it and stops it when this process
/// ends, however it ends; see <c>private-postgres.sh</c>. A guard that is killed is replaced.
/// </summary>
internal sealed class PrivatePostgres : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LastPause = TimeSpan.FromSeconds(30);

    private readonly Func<string, PostgresGuard> _startGuard;
    private readonly Lock _lock = new();
    private PostgresGuard _guard;
    private bool _ended;

    private PrivatePostgres(Func<string, PostgresGuard> startGuard, PostgresGuard guard, string directory)
    {
        _startGuard = startGuard;
        _guard = guard;
        Directory = directory;
        ConnectionString = $"Host={directory};Username=webconcurrency;Database=postgres;SSL Mode=Disable";
        guard.OnExit(() => _ = ReplaceGuardAsync());
    }

    public string ConnectionString { get; }

    /// <summary>Holds the socket and, without a directory named by the user, the data.</summary>
    public string Directory { get; }

    /// <summary>Starts a cluster and waits until it takes connections.</summary>
    /// <param name="binaries">The programs to use.</param>
    /// <param name="dataDirectory">Where to keep the data; <see langword="null"/> to throw it away.</param>
    /// <param name="cancellationToken">Gives up; what was begun is undone by the guard.</param>
    /// <exception cref="StartException">It did not start; the message has PostgreSQL's own.</exception>
    [UnsupportedOSPlatform("windows")]
    public static async Task<PrivatePostgres> StartAsync(PostgresBinaries binaries, string? dataDirectory, CancellationToken cancellationToken)
    {
        var user = UnprivilegedUser.Name();
        if (dataDirectory is not null)
        {
            dataDirectory = Path.GetFullPath(dataDirectory);
            await UnprivilegedUser.GiveAsync(user, dataDirectory, cancellationToken);
        }

        PostgresGuard StartGuard(string directory) => PostgresGuard.Start(binaries, user, dataDirectory ?? "", directory);

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        var guard = StartGuard("");
        try
        {
            return new PrivatePostgres(StartGuard, guard, await guard.ReadyAsync(limit.Token));
        }
        catch
        {
            await guard.EndAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _ended = true;
        }

        if (_guard.HasExited)
        {
            TryReplaceGuard();
        }

        await _guard.EndAsync();
    }

    private async Task ReplaceGuardAsync()
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LastPause ? pause * 2 : LastPause)
        {
            // Even the first time: a guard that cannot live must not be started over and over.
            await Task.Delay(pause);
            lock (_lock)
            {
                if (_ended || TryReplaceGuard())
                {
                    return;
                }
            }
        }
    }

    private bool TryReplaceGuard()
    {
        try
        {
            _guard = _startGuard(Directory);
            _guard.OnExit(() => _ = ReplaceGuardAsync());
            return true;
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or IOException)
        {
            // The system gives no process now.
            return false;
        }
    }
}
