using System.Globalization;

namespace WebConcurrency.Server.Admission;

/// <summary>How many more threads the system would give to this process. At the true limit .NET ends the process even when the start of a thread is caught.</summary>
internal static class ThreadLimit
{
    private const int Most = 200;

    /// <summary>The default number of requests on threads of their own: a quarter of what is left, at most 200.</summary>
    public static int Default() => Default(Left("/"));

    internal static int Default(long? left) => left is { } known ? (int)Math.Clamp(known / 4, 1, Most) : Most;

    /// <param name="root">The root of the file system; limits are read below <c>proc</c> and <c>sys/fs/cgroup</c>.</param>
    /// <returns>The least of what the cgroup, the user's limit and the system's limit leave; <see langword="null"/> where none can be read.</returns>
    internal static long? Left(string root) =>
        new[] { LeftInCgroup(root), LeftToUser(root), LeftInSystem(root) }.Min();

    /// <summary>pids.max less pids.current, of cgroup v2 or v1: tasks, which threads are.</summary>
    private static long? LeftInCgroup(string root)
    {
        var groups = Lines(root, "proc/self/cgroup").Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3);
        return groups
            .Where(parts => parts[1].Length == 0 || parts[1].Split(',').Contains("pids"))
            .Select(parts => Path.Combine(root, "sys/fs/cgroup", parts[1].Length == 0 ? "" : "pids", parts[2].TrimStart('/')))
            .SelectMany(folder => Ancestors(folder, Path.Combine(root, "sys/fs/cgroup")))
            .Select(folder => Number(Path.Combine(folder, "pids.max")) - Number(Path.Combine(folder, "pids.current")))
            .Min();
    }

    /// <summary>RLIMIT_NPROC counts the threads of all of the user's processes; it does not bind root. See getrlimit(2).</summary>
    private static long? LeftToUser(string root)
    {
        if (Environment.IsPrivilegedProcess)
        {
            return null;
        }

        var line = Lines(root, "proc/self/limits").FirstOrDefault(line => line.StartsWith("Max processes", StringComparison.Ordinal));
        var fields = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields is [_, _, var soft, ..] && long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            ? limit - ThreadsOfUser(root)
            : null;
    }

    private static long ThreadsOfUser(string root)
    {
        var self = Status(Path.Combine(root, "proc/self")).Uid;
        return Directory.EnumerateDirectories(Path.Combine(root, "proc"))
            .Where(folder => int.TryParse(Path.GetFileName(folder), out _))
            .Select(Status)
            .Where(status => status.Uid == self)
            .Sum(status => status.Threads);
    }

    private static (string? Uid, long Threads) Status(string folder)
    {
        try
        {
            var lines = File.ReadAllLines(Path.Combine(folder, "status"));
            return (
                Field(lines, "Uid:")?.Split('\t', ' ')[0],
                long.TryParse(Field(lines, "Threads:"), NumberStyles.None, CultureInfo.InvariantCulture, out var threads) ? threads : 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile.
            return (null, 0);
        }
    }

    private static string? Field(string[] lines, string name) =>
        lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..].Trim();

    /// <summary>threads-max less the threads there are, which is the fourth field of loadavg behind its slash. See proc(5).</summary>
    private static long? LeftInSystem(string root)
    {
        var used = Lines(root, "proc/loadavg").FirstOrDefault()?.Split(' ') is [_, _, _, var tasks, ..]
            && long.TryParse(tasks.Split('/')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : (long?)null;
        return Number(Path.Combine(root, "proc/sys/kernel/threads-max")) - used;
    }

    private static IEnumerable<string> Ancestors(string folder, string top)
    {
        for (var at = folder.TrimEnd('/'); at.Length >= top.Length; at = Path.GetDirectoryName(at)!)
        {
            yield return at;
        }
    }

    private static string[] Lines(string root, string path)
    {
        try
        {
            return File.ReadAllLines(Path.Combine(root, path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static long? Number(string path) =>
        File.Exists(path) && long.TryParse(File.ReadAllText(path).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
