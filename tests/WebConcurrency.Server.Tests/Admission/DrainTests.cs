using System.Net;
using System.Net.Sockets;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Admission;

public sealed class DrainTests(TestPostgres postgres)
{
    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task Stopping_server_finishes_what_runs_and_takes_nothing_new(string signal)
    {
        await using var server = await ServerProcess.StartAsync(
            ("ConnectionStrings__Postgres", postgres.ConnectionString), ("Admission__Notice", "00:00:01"));
        var running = new[] { "/thread/io?ms=1500", "/async/io?ms=1500", "/serial/io?ms=1500" }.Select(path => GetAsync(server, path)).ToList();
        await postgres.UntilAsync("wait_event = 'PgSleep'", 3);
        server.Signal(signal);
        await Eventually.EqualAsync(HttpStatusCode.ServiceUnavailable, () => GetAsync(server, "/health/ready"), "the answer of /health/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await GetAsync(server, "/io?ms=0"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(server, "/health/live"));
        Assert.All(await Task.WhenAll(running), status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal((0, ""), await server.ExitAsync());
    }

    [Fact]
    public async Task Work_that_exceeds_the_drain_is_answered_503_and_the_process_ends()
    {
        await using var server = await ServerProcess.StartAsync(
            ("ConnectionStrings__Postgres", postgres.ConnectionString), ("Admission__DrainTime", "00:00:00.500"));
        var running = new[] { "/thread/io?ms=10000", "/pool/cpu?ms=10000", "/async/io?ms=10000", "/serial/io?ms=10000" }
            .Select(path => GetAsync(server, path)).ToList();
        await postgres.UntilAsync("wait_event = 'PgSleep'", 3);
        var started = TimeProvider.System.GetTimestamp();
        server.Terminate();

        Assert.All(await Task.WhenAll(running), status => Assert.Equal(HttpStatusCode.ServiceUnavailable, status));
        Assert.Equal((0, ""), await server.ExitAsync());
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(9), "it waited for the work instead of ending it");
        await postgres.UntilAsync("wait_event = 'PgSleep'", 0);
    }

    [Fact]
    public async Task Server_with_nothing_to_finish_goes_on_listening_for_its_notice()
    {
        await using var server = await ServerProcess.StartAsync(
            ("ConnectionStrings__Postgres", postgres.ConnectionString), ("Admission__Notice", "00:00:01"));
        var started = TimeProvider.System.GetTimestamp();
        server.Terminate();
        await server.ExitAsync();

        Assert.True(TimeProvider.System.GetElapsedTime(started) >= TimeSpan.FromSeconds(1), "it ended at once");
    }

    [Fact]
    public async Task Half_a_request_holds_nobody_up()
    {
        await using var server = await ServerProcess.StartAsync(
            ("ConnectionStrings__Postgres", postgres.ConnectionString), ("Admission__DrainTime", "00:00:00.500"));
        using var client = new TcpClient();
        await client.ConnectAsync(server.Client.BaseAddress!.Host, server.Client.BaseAddress.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync("GET /io?ms=1 HT"u8.ToArray(), TestContext.Current.CancellationToken);
        var started = TimeProvider.System.GetTimestamp();
        server.Terminate();

        Assert.Equal((0, ""), await server.ExitAsync());
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(20), "it waited for the rest of the request for the host's thirty seconds");
    }

    private static async Task<HttpStatusCode> GetAsync(ServerProcess server, string path)
    {
        using var answer = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
