using System.Diagnostics;
using System.Runtime.Versioning;

namespace WebConcurrency.Server.Database;

/// <summary>
/// A PostgreSQL cluster of this server's own, on a unix socket in a private directory. A guard process keeps it and stops it when this process
/// ends, however it ends; see <c>private-postgres.sh</c>.
/// </summary>
internal sealed class PrivatePostgres : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private static readonly string[] UnprivilegedUsers = ["postgres", "nobody"];

    private readonly Process _guard;

    private PrivatePostgres(Process guard, string directory)
    {
        _guard = guard;
        ConnectionString = $"Host={directory};Username=webconcurrency;Database=postgres;SSL Mode=Disable";
        Directory = directory;
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
        var user = UnprivilegedUser();
        if (dataDirectory is not null)
        {
            dataDirectory = Path.GetFullPath(dataDirectory);
            await GiveToAsync(user, dataDirectory, cancellationToken);
        }

        var guard = StartGuard(binaries, user, dataDirectory);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(StartLimit);
            var errors = guard.StandardError.ReadToEndAsync(CancellationToken.None);
            var directory = await ReadAsync(guard, "directory ", limit.Token);
            if (directory is null || await ReadAsync(guard, "ready", limit.Token) is null)
            {
                throw new StartException($"The private PostgreSQL did not start.\n{(await errors).Trim()}");
            }

            return new PrivatePostgres(guard, directory);
        }
        catch
        {
            await EndAsync(guard);
            throw;
        }
    }

    public ValueTask DisposeAsync() => EndAsync(_guard);

    private static Process StartGuard(PostgresBinaries binaries, string? user, string? dataDirectory)
    {
        var setsid = Program("setsid");
        var start = new ProcessStartInfo(setsid ?? "/bin/sh")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
            UserName = user ?? "",
        };
        if (setsid is not null)
        {
            start.ArgumentList.Add("/bin/sh");
        }

        string[] arguments =
            ["-c", Script(), "private-postgres", binaries.Directory, Environment.ProcessId.ToString(null as IFormatProvider), dataDirectory ?? ""];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // Of the user's PG* variables none is meant for this cluster, and messages are wanted in one language.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["LC_ALL"] = "C";
        return Process.Start(start) ?? throw new StartException("The private PostgreSQL's guard did not start.");
    }

    /// <summary>PostgreSQL refuses to run as root; then it runs as the first of these that exists.</summary>
    private static string? UnprivilegedUser()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return null;
        }

        var users = File.ReadLines("/etc/passwd").Select(line => line.Split(':')[0]).ToHashSet();
        return UnprivilegedUsers.FirstOrDefault(users.Contains)
            ?? throw new StartException("PostgreSQL refuses to run as root, and this system has neither a user 'postgres' nor a user 'nobody'.");
    }

    [UnsupportedOSPlatform("windows")]
    private static async Task GiveToAsync(string? user, string dataDirectory, CancellationToken cancellationToken)
    {
        if (IsUsed(dataDirectory))
        {
            return;
        }

        System.IO.Directory.CreateDirectory(dataDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (user is not null)
        {
            using var chown = Process.Start(new ProcessStartInfo("chown", [user, "--", dataDirectory]) { RedirectStandardError = true })
                ?? throw new StartException("chown did not start.");
            await chown.WaitForExitAsync(cancellationToken);
            if (chown.ExitCode != 0)
            {
                throw new StartException($"'{dataDirectory}' could not be given to the user '{user}'.");
            }
        }
    }

    private static bool IsUsed(string directory) =>
        System.IO.Directory.Exists(directory) && System.IO.Directory.EnumerateFileSystemEntries(directory).Any();

    private static string Script()
    {
        using var stream = typeof(PrivatePostgres).Assembly.GetManifestResourceStream("private-postgres.sh")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string? Program(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/bin")
            .Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);

    private static async Task<string?> ReadAsync(Process guard, string expected, CancellationToken cancellationToken) =>
        await guard.StandardOutput.ReadLineAsync(cancellationToken) is { } line && line.StartsWith(expected, StringComparison.Ordinal)
            ? line[expected.Length..]
            : null;

    private static async ValueTask EndAsync(Process guard)
    {
        // The guard reads the end of its input and stops the cluster.
        guard.StandardInput.Close();
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await guard.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // It goes on without us.
        }

        guard.Dispose();
    }
}
