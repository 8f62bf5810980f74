namespace WebConcurrency.Server.Database;

/// <summary>What to tell somebody who has no PostgreSQL.</summary>
internal static class DatabaseGuidance
{
    public static string NoPostgres() =>
        "No PostgreSQL: ConnectionStrings:Postgres is not set, and no server programs (initdb, pg_ctl, postgres) were found in the PATH or in "
        + "the usual places. " + WaysOut();

    public static string NoPrivateClusterHere() =>
        "No PostgreSQL: ConnectionStrings:Postgres is not set, and a private cluster needs a unix shell to guard it. " + WaysOut();

    private static string WaysOut() =>
        $"""
        Any one of these helps:
          - install the server's programs:  {InstallCommand()}
          - start everything in containers: POSTGRES_PASSWORD=choose-one docker compose up --build
          - name a database you have:       ConnectionStrings__Postgres='Host=…;Username=…;Password=…;Database=…'
        """;

    private static string InstallCommand()
    {
        if (OperatingSystem.IsWindows())
        {
            return "winget install PostgreSQL.PostgreSQL.17";
        }

        if (OperatingSystem.IsMacOS())
        {
            return "brew install postgresql@17";
        }

        return InstallCommand(File.Exists("/etc/os-release") ? File.ReadAllLines("/etc/os-release") : []);
    }

    /// <param name="osRelease">The lines of os-release(5).</param>
    internal static string InstallCommand(IEnumerable<string> osRelease)
    {
        var names = osRelease
            .Where(line => line.StartsWith("ID=", StringComparison.Ordinal) || line.StartsWith("ID_LIKE=", StringComparison.Ordinal))
            .SelectMany(line => line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim('"').Split(' '))
            .ToHashSet();
        return names switch
        {
            _ when names.Overlaps(["debian", "ubuntu"]) => "sudo apt-get install postgresql",
            _ when names.Overlaps(["rhel", "fedora", "centos"]) => "sudo dnf install postgresql-server",
            _ when names.Overlaps(["suse", "opensuse"]) => "sudo zypper install postgresql-server",
            _ when names.Contains("alpine") => "sudo apk add postgresql",
            _ when names.Contains("arch") => "sudo pacman -S postgresql",
            _ => "your system's package 'postgresql' or 'postgresql-server'",
        };
    }
}
