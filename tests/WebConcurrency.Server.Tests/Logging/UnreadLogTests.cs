using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Logging;

public sealed class UnreadLogTests(TestPostgres postgres)
{
    [Fact]
    public async Task Log_that_nobody_reads_stops_no_request_and_the_end_of_the_process_neither()
    {
        await using var server = await StartUnreadAsync();

        // Far more than a pipe (64 KiB) and the buffer (100 lines) hold.
        for (var i = 0; i < 1_000; i++)
        {
            using var answer = await server.Client.GetAsync("/plain", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        server.Terminate();
        Assert.Equal(0, (await server.ExitAsync()).Code);
    }

    [Fact]
    public async Task Dropped_lines_are_told_when_the_reader_comes_back()
    {
        await using var server = await StartUnreadAsync();
        for (var i = 0; i < 1_000; i++)
        {
            await server.Client.GetStringAsync("/plain", TestContext.Current.CancellationToken);
        }

        server.ReadLog();
        var line = await server.LineAsync(line => line.Contains("lines were dropped", StringComparison.Ordinal));

        Assert.True(JsonDocument.Parse(line).RootElement.GetProperty("Count").GetInt64() > 0);
    }

    /// <summary>Starts a server whose log nobody reads: its address cannot be read there either, so that the test chooses the port.</summary>
    private async Task<ServerProcess> StartUnreadAsync()
    {
        var port = FreePort();
        var server = ServerProcess.Launch(
            readsLog: false,
            ("ConnectionStrings__Postgres", postgres.ConnectionString), ("ASPNETCORE_URLS", $"http://127.0.0.1:{port}"),
            ("Log__Buffer", "100"), ("Concurrency__LoggedPerSecond", "1000000"));
        server.Client.BaseAddress = new Uri($"http://127.0.0.1:{port}");
        await UntilReadyAsync(server);
        return server;
    }

    private static Task UntilReadyAsync(ServerProcess server) => Eventually.EqualAsync(
        "OK",
        async () =>
        {
            try
            {
                using var answer = await server.Client.GetAsync("/health/ready", TestContext.Current.CancellationToken);
                return $"{answer.StatusCode}";
            }
            catch (HttpRequestException exception)
            {
                return exception.Message;
            }
        },
        "the answer of /health/ready");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
