using WebConcurrency.Server.Database;

namespace WebConcurrency.Server.Tests.Database;

public sealed class PostgresBinariesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("binaries-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("usr/lib/postgresql/15/bin")]
    [InlineData("usr/pgsql-16/bin")]
    [InlineData("opt/homebrew/opt/postgresql@17/bin")]
    [InlineData("usr/local/opt/postgresql@14/bin")]
    [InlineData("Applications/Postgres.app/Contents/Versions/16/bin")]
    public void Usual_places_are_looked_at(string place)
    {
        Install(place);
        Assert.Equal(Path.Combine(_root, place), PostgresBinaries.Find("", _root)?.Directory);
    }

    [Fact]
    public void Newest_version_is_taken_and_not_the_last_by_name()
    {
        Install("usr/lib/postgresql/9.6/bin");
        Install("usr/lib/postgresql/17/bin");
        Install("usr/pgsql-16/bin");
        Assert.Equal(Path.Combine(_root, "usr/lib/postgresql/17/bin"), PostgresBinaries.Find(null, _root)?.Directory);
    }

    [Fact]
    public void Path_comes_first()
    {
        Install("usr/lib/postgresql/17/bin");
        Install("mine");
        Assert.Equal(Path.Combine(_root, "mine"), PostgresBinaries.Find($"relative{Path.PathSeparator}{_root}/mine", _root)?.Directory);
    }

    [Fact]
    public void Client_without_a_server_does_not_do()
    {
        Directory.CreateDirectory(Path.Combine(_root, "client"));
        File.WriteAllText(Path.Combine(_root, "client/psql"), "");
        File.WriteAllText(Path.Combine(_root, "client/initdb"), "");
        Assert.Null(PostgresBinaries.Find($"{_root}/client", _root));
    }

    [Theory]
    [InlineData("ID=debian", "apt-get install postgresql")]
    [InlineData("ID=linuxmint\nID_LIKE=\"ubuntu debian\"", "apt-get install postgresql")]
    [InlineData("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"", "dnf install postgresql-server")]
    [InlineData("ID=alpine", "apk add postgresql")]
    [InlineData("ID=other", "your system's package")]
    public void Message_names_this_system_s_package(string osRelease, string command) =>
        Assert.Contains(command, DatabaseGuidance.InstallCommand(osRelease.Split('\n')), StringComparison.Ordinal);

    [Fact]
    public void Message_names_every_way_out()
    {
        var message = DatabaseGuidance.NoPostgres();
        Assert.All(
            ["install", "docker compose up", "ConnectionStrings__Postgres="], way => Assert.Contains(way, message, StringComparison.Ordinal));
    }

    private void Install(string place)
    {
        var folder = Path.Combine(_root, place);
        Directory.CreateDirectory(folder);
        foreach (var program in new[] { "initdb", "pg_ctl", "postgres" })
        {
            File.WriteAllText(Path.Combine(folder, OperatingSystem.IsWindows() ? program + ".exe" : program), "");
        }
    }
}
