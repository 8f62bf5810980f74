using System.Globalization;
using Npgsql;

namespace WebConcurrency.Server.Tests.Running;

/// <summary>A cluster as it can be seen from outside.</summary>
internal sealed record TestCluster(string Directory, int Guard, int Postmaster)
{
    public bool IsGone => !System.IO.Directory.Exists(Directory) && !IsAlive(Postmaster) && !IsAlive(Guard);

    public static TestCluster Of(int server) => Find(server) is ({ } directory, var guard)
        ? new TestCluster(directory, guard, PostmasterOf(directory))
        : throw new InvalidOperationException($"Server {server} has no cluster.");

    /// <summary>Whether a server has a cluster, or has at least begun to make one.</summary>
    public static bool Exists(int server) => Find(server).Directory is not null;

    public string ConnectionString => $"Host={Directory};Username=webconcurrency;Database=postgres;Pooling=false";

    public async Task<string?> AskAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        await using var command = source.CreateCommand(sql);
        return Convert.ToString(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
    }

    public Task UntilGoneAsync() => Eventually.EqualAsync(
        (false, false, false),
        () => (System.IO.Directory.Exists(Directory), IsAlive(Postmaster), IsAlive(Guard)),
        $"{Directory}, its postmaster and its guard");

    private static (string? Directory, int Guard) Find(int server)
    {
        foreach (var directory in System.IO.Directory.EnumerateDirectories("/tmp", "webconcurrency-*"))
        {
            try
            {
                if (File.ReadLines(Path.Combine(directory, "owner")).FirstOrDefault()?.Split(' ') is [var guard, var owner]
                    && int.Parse(owner, CultureInfo.InvariantCulture) == server)
                {
                    return (directory, int.Parse(guard, CultureInfo.InvariantCulture));
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Another server's, just made or just gone.
            }
        }

        return (null, 0);
    }

    /// <summary>The process that was told to put its socket into this directory.</summary>
    private static int PostmasterOf(string directory) => System.IO.Directory.EnumerateDirectories("/proc")
        .Select(Path.GetFileName)
        .Where(name => int.TryParse(name, out _))
        .Where(name => CommandLine(name!) is ['/', ..] arguments
            && arguments.Contains("/postgres", StringComparison.Ordinal)
            && arguments.Contains($"unix_socket_directories={directory}", StringComparison.Ordinal))
        .Select(name => int.Parse(name!, CultureInfo.InvariantCulture))
        .Min();

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static bool IsAlive(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
