using System.Globalization;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Advising;

/// <summary>CPU time of all that serves requests, as far as it can be seen: at a server of the Lab's own also its database's and the generator's, which share its cores.</summary>
/// <param name="client">Speaks to the server.</param>
/// <param name="own">The Lab's own server; <see langword="null"/> when it is somebody else's.</param>
internal sealed class CpuAccount(ServerClient client, OwnedServer? own)
{
    /// <summary>Of <c>/proc</c>'s times, USER_HZ; the same on every architecture that .NET runs on (see times(2)).</summary>
    private const double TicksPerSecond = 100;

    private bool SeesAll => own is not null && OperatingSystem.IsLinux();

    /// <summary>Of what it is, in words.</summary>
    public string Of => SeesAll ? "server, database and load generator" : own is null ? "the server's process alone" : "server and load generator";

    /// <returns>Milliseconds so far.</returns>
    /// <exception cref="ServerException">The server's <c>/lab</c> is off.</exception>
    public async Task<double> ReadAsync(CancellationToken cancellationToken)
    {
        if (SeesAll)
        {
            return Tree(own!.Id) + Environment.CpuUsage.TotalTime.TotalMilliseconds;
        }

        var lab = await client.LabAsync(cancellationToken) ?? throw new ServerException($"The server at {client.Address} has its /lab off: start it with Lab__Enabled=true.");
        return lab.CpuMs + (own is null ? 0 : Environment.CpuUsage.TotalTime.TotalMilliseconds);
    }

    /// <summary>A process and all below it, those that have ended included: their parents account for them. Whatever ends while it is read counts for nothing, and nothing else does.</summary>
    /// <param name="process">The uppermost.</param>
    /// <param name="from">Where the system shows its processes.</param>
    internal static double Tree(int process, string from = "/proc")
    {
        var folder = Path.Combine(from, process.ToString(CultureInfo.InvariantCulture));

        // See proc(5): behind the name in parentheses, utime, stime, cutime and cstime are the 12th to the 15th.
        var own = Read(() => File.ReadAllText($"{folder}/stat")) is { } stat
            ? stat[(stat.LastIndexOf(')') + 2)..].Split(' ').AsSpan(11, 4).ToArray().Sum(ticks => double.Parse(ticks, CultureInfo.InvariantCulture))
            : 0;
        return (own * 1e3 / TicksPerSecond) + (Read(() => Directory.GetDirectories($"{folder}/task")) ?? [])
            .SelectMany(task => Read(() => File.ReadAllText($"{task}/children"))?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [])
            .Sum(child => Tree(int.Parse(child, CultureInfo.InvariantCulture), from));
    }

    /// <summary>What is there; <see langword="null"/> when whose it was has ended meanwhile, as threads do with every request.</summary>
    private static T? Read<T>(Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
