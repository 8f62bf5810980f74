using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using WebConcurrency.Server.Tests.Running;
using WebConcurrency.Server.Waiting;
using WebConcurrency.Server.Workloads;
using ISession = WebConcurrency.Server.Waiting.ISession;

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

    [Theory]
    [InlineData("thread")]
    [InlineData("async")]
    public async Task Leftover_that_holds_a_connection_keeps_no_server_from_its_end(string strategy)
    {
        using var holding = new HoldingWorkload();
        await using var server = new TestServer(postgres, services => services.AddSingleton<IWorkload>(holding), ("Admission:DrainTime", "00:00:00.200"));
        holding.Armed = true;
        var request = server.GetAsync($"/{strategy}/holding");
        await Eventually.EndsAsync(holding.Began, "the body to begin");

        await Eventually.EndsAsync(server.DisposeAsync().AsTask(), "the end of the server");
        Assert.False(holding.Ended.IsCompleted);
        await Assert.ThrowsAnyAsync<Exception>(() => request);
        holding.Release();
        await Eventually.EndsAsync(holding.Ended, "the body to end");
    }

    private static async Task<HttpStatusCode> GetAsync(ServerProcess server, string path)
    {
        using var answer = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    /// <summary>Heeds no cancellation and keeps its connection.</summary>
    private sealed class HoldingWorkload : IWorkload, IDisposable
    {
        private readonly TaskCompletionSource _began = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _released = new();

        public string Name => "holding";

        public IReadOnlyList<Parameter> Parameters => [];

        public bool Armed { get; set; }

        public Task Began => _began.Task;

        public Task Ended => _ended.Task;

        public void Release() => _released.Set();

        public void Dispose() => _released.Dispose();

        public async ValueTask<object> RunAsync(IReadOnlyList<int> arguments, IWaiting waiting, CancellationToken cancellationToken)
        {
            if (Armed)
            {
                await waiting.UseAsync(HoldAsync, CancellationToken.None);
                _ended.SetResult();
            }

            return new { };
        }

        private async ValueTask<int> HoldAsync(ISession session)
        {
            var one = await session.QuerySingleAsync<int>("select 1");
            _began.SetResult();
            _released.Wait(TestContext.Current.CancellationToken);
            return one;
        }
    }
}
