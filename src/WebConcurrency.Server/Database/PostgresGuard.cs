using System.Diagnostics;
using System.Globalization;

namespace WebConcurrency.Server.Database;

/// <summary>The shell process that keeps a private cluster and ends it when the pipe to this process closes.</summary>
internal sealed class PostgresGuard
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(1.5);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private PostgresGuard(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    /// <param name="binaries">The programs to use.</param>
    /// <param name="user">Whom to run as; <see langword="null"/>: as this process.</param>
    /// <param name="dataDirectory">Where to keep the data; empty to throw it away.</param>
    /// <param name="directory">The directory of a cluster that runs without a guard; empty to start one.</param>
    public static PostgresGuard Start(PostgresBinaries binaries, string? user, string dataDirectory, string directory)
    {
        // A session of its own keeps the terminal's signals away. Where there is no setsid (macOS) the script at least ignores them.
        var setsid = Find("setsid");
        var start = new ProcessStartInfo(setsid ?? "/bin/sh")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
            UserName = user ?? "",
        };
        string[] arguments =
        [
            .. setsid is null ? Array.Empty<string>() : ["/bin/sh"], "-c", Script(), "private-postgres",
            binaries.Directory, Environment.ProcessId.ToString(CultureInfo.InvariantCulture), dataDirectory, directory,
        ];
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
        return new PostgresGuard(Process.Start(start) ?? throw new StartException("The guard of the private PostgreSQL did not start."));
    }

    /// <summary>Waits until the cluster takes connections.</summary>
    /// <returns>The directory of its socket.</returns>
    /// <exception cref="StartException">It did not start; the message has PostgreSQL's own.</exception>
    public async Task<string> ReadyAsync(CancellationToken cancellationToken)
    {
        var directory = await ReadAsync("directory ", cancellationToken);
        return directory is not null && await ReadAsync("ready", cancellationToken) is not null
            ? directory
            : throw new StartException($"The private PostgreSQL did not start. {(await _errors).Trim()}");
    }

    public bool HasExited => _process.HasExited;

    /// <summary>Calls back, on a thread of the pool, when the process has ended.</summary>
    public void OnExit(Action callback)
    {
        _process.Exited += (_, _) => callback();
        _process.EnableRaisingEvents = true;
    }

    /// <summary>Has the cluster stopped and waits for it, not for long: the guard ends it without this process too.</summary>
    public async Task EndAsync()
    {
        // The guard reads the end of its input.
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(EndLimit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // It goes on without us.
        }
    }

    private static string Script()
    {
        using var stream = typeof(PostgresGuard).Assembly.GetManifestResourceStream("private-postgres.sh")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/bin")
            .Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);

    private async Task<string?> ReadAsync(string expected, CancellationToken cancellationToken) =>
        await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line && line.StartsWith(expected, StringComparison.Ordinal)
            ? line[expected.Length..]
            : null;
}
