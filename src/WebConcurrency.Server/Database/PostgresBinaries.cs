namespace WebConcurrency.Server.Database;

/// <summary>Where PostgreSQL's server programs are installed.</summary>
/// <param name="Directory">The folder with <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c>.</param>
internal sealed record PostgresBinaries(string Directory)
{
    private static readonly string[] Programs = ["initdb", "pg_ctl", "postgres"];

    /// <summary>Finds them in the PATH, else in the places that packages use, the newest version first.</summary>
    /// <param name="path">The PATH.</param>
    /// <param name="root">The root of the file system.</param>
    public static PostgresBinaries? Find(string? path, string root = "/")
    {
        var inPath = (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(Path.IsPathRooted);
        var installed = Patterns(root).SelectMany(pattern => Versions(pattern.Parent, pattern.Prefix, pattern.Below))
            .OrderByDescending(found => found.Version)
            .Select(found => found.Directory);
        return inPath.Concat(installed).FirstOrDefault(HasAll) is { } directory ? new PostgresBinaries(directory) : null;
    }

    private static IEnumerable<(string Parent, string Prefix, string Below)> Patterns(string root)
    {
        // Debian and Ubuntu; Red Hat and its kin (PGDG's packages); Homebrew on both kinds of Mac and on Linux; Postgres.app.
        yield return (Path.Combine(root, "usr/lib/postgresql"), "", "bin");
        yield return (Path.Combine(root, "usr"), "pgsql-", "bin");
        yield return (Path.Combine(root, "opt/homebrew/opt"), "postgresql@", "bin");
        yield return (Path.Combine(root, "usr/local/opt"), "postgresql@", "bin");
        yield return (Path.Combine(root, "home/linuxbrew/.linuxbrew/opt"), "postgresql@", "bin");
        yield return (Path.Combine(root, "Applications/Postgres.app/Contents/Versions"), "", "bin");
        if (OperatingSystem.IsWindows())
        {
            yield return (Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL"), "", "bin");
        }
    }

    private static IEnumerable<(Version Version, string Directory)> Versions(string parent, string prefix, string below)
    {
        if (!System.IO.Directory.Exists(parent))
        {
            yield break;
        }

        foreach (var folder in System.IO.Directory.EnumerateDirectories(parent, prefix + "*"))
        {
            var number = Path.GetFileName(folder)[prefix.Length..];
            if (Version.TryParse(number.Contains('.', StringComparison.Ordinal) ? number : number + ".0", out var version))
            {
                yield return (version, Path.Combine(folder, below));
            }
        }
    }

    private static bool HasAll(string directory) =>
        Programs.All(program => IsThere(new FileInfo(Path.Combine(directory, OperatingSystem.IsWindows() ? program + ".exe" : program))));

    /// <summary>A link whose target is gone exists, but does not start.</summary>
    private static bool IsThere(FileInfo file) => file.Exists && (file.LinkTarget is null || file.ResolveLinkTarget(returnFinalTarget: true) is { Exists: true });
}
