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
