using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Database;

/// <summary>A server that cannot start says why, in words, and ends.</summary>
public sealed class StartTests(TestPostgres postgres)
{
    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=nobody;Password=hidden-word", "could not be used")]
    [InlineData("Nonsense", "could not be used")]
    [InlineData("Host=127.0.0.1;Nonsense=1", "could not be used")]
    public async Task Database_that_cannot_be_used_ends_the_start(string connectionString, string message)
    {
        await using var server = ServerProcess.Launch(
            readsLog: true, ("ConnectionStrings__Postgres", connectionString), ("Postgres__StartTime", "00:00:00.300"));
        await AssertEndsAsync(server, message);
    }

    [Theory]
    [InlineData("Strategies__Default", "nobody")]
    [InlineData("Admission__Threads", "0")]
    [InlineData("Admission__Deadline", "-00:00:01")]
    [InlineData("Postgres__Connections", "0")]
    [InlineData("Log__Buffer", "0")]
    [InlineData("Concurrency__RecordsKept", "1")]
    public async Task Setting_out_of_range_ends_the_start_and_is_named(string name, string value)
    {
        await using var server = ServerProcess.Launch(
            readsLog: true, ("ConnectionStrings__Postgres", postgres.ConnectionString), (name, value));
        await AssertEndsAsync(server, name.Split("__")[1]);
    }

    [Fact]
    public async Task Port_that_is_taken_ends_the_start()
    {
        await using var first = await ServerProcess.StartAsync(("ConnectionStrings__Postgres", postgres.ConnectionString));
        await using var second = ServerProcess.Launch(
            readsLog: true, ("ConnectionStrings__Postgres", postgres.ConnectionString), ("ASPNETCORE_URLS", first.Client.BaseAddress!.ToString()));
        await AssertEndsAsync(second, "already in use");
    }

    [Theory]
    [InlineData("ASPNETCORE_URLS", "http://192.0.2.1:80")]
    [InlineData("ASPNETCORE_URLS", "foo")]
    [InlineData("Admission__Threads", "abc")]
    public async Task Setting_that_cannot_be_used_ends_the_start_in_words(string name, string value)
    {
        await using var server = ServerProcess.Launch(
            readsLog: true, ("ConnectionStrings__Postgres", postgres.ConnectionString), (name, value));
        await AssertEndsAsync(server, value.Replace("http://", "", StringComparison.Ordinal).Split(':')[0] is "192.0.2.1" ? "assign" : value);
    }

    [Fact]
    public async Task Server_that_is_stopped_while_it_starts_ends_well_and_leaves_nothing()
    {
        await using var server = ServerProcess.Launch(readsLog: true);

        // Its own directory is the first thing that the cluster's guard makes.
        await Eventually.EqualAsync(true, () => TestCluster.Exists(server.Id), "whether the server has a cluster");

        server.Terminate();
        var (code, errors) = await server.ExitAsync();
        Assert.Equal((0, ""), (code, errors));
        await Eventually.EqualAsync(false, () => TestCluster.Exists(server.Id), "whether the server has a cluster");
    }

    [Theory]
    [InlineData("a,b")]
    [InlineData("it's")]
    [InlineData("a;b$(x)")]
    public async Task Temporary_directory_with_an_odd_name_is_not_used(string name)
    {
        var folder = Directory.CreateTempSubdirectory("odd-");
        try
        {
            var odd = Directory.CreateDirectory(Path.Combine(folder.FullName, name));
            File.SetUnixFileMode(odd.FullName, (UnixFileMode)0b111_111_111);
            File.SetUnixFileMode(folder.FullName, (UnixFileMode)0b111_111_111);
            await using var server = await ServerProcess.StartAsync(("TMPDIR", odd.FullName));
            Assert.Equal("ready", (await server.JsonAsync("/health/ready")).GetProperty("status").GetString());
            Assert.Empty(odd.GetDirectories("webconcurrency-*"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task AssertEndsAsync(ServerProcess server, string message)
    {
        var (code, errors) = await server.ExitAsync();
        Assert.Equal(1, code);
        Assert.Contains("The server did not start.", errors, StringComparison.Ordinal);
        Assert.Contains(message, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-word", errors, StringComparison.Ordinal);
    }
}
