using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using WebConcurrency.Recording;
using WebConcurrency.Server.Tests.Running;
using WebConcurrency.Server.Waiting;
using WebConcurrency.Server.Workloads;

namespace WebConcurrency.Server.Tests.Endpoints;

/// <summary>Requests whose answer nobody waits for any more: their threads go on, and must never meet the next request.</summary>
public sealed class AbandonedRequestTests(TestPostgres postgres)
{
    [Theory]
    [InlineData("thread")]
    [InlineData("serial")]
    [InlineData("async")]
    public async Task Thread_that_outlives_its_request_sees_nothing_of_the_next_one_on_the_connection(string strategy)
    {
        var stubborn = new StubbornWorkload();
        await using var server = Start(stubborn, ("Admission:Deadline", "00:00:03"));
        using var connection = new RawConnection(server.Address);

        var first = await connection.AskAsync($"/{strategy}/stubborn", "first");
        Assert.StartsWith("HTTP/1.1 504", first, StringComparison.Ordinal);
        Assert.Contains("limit of 3 s", first, StringComparison.Ordinal);
        await server.UntilSummaryAsync("leftover", 1);
        var abandoned = (await server.JsonAsync("/concurrency/requests"))[0];
        Assert.Equal(504, abandoned.GetProperty("status").GetInt32());
        Assert.Equal([stubborn.OsThread], abandoned.GetProperty("threads").EnumerateArray().Select(thread => thread.GetProperty("os").GetInt32()));

        // The same connection: Kestrel reuses the same context objects for it.
        var second = connection.AskAsync("/thread/io?ms=250", "second");
        await postgres.UntilAsync("wait_event = 'PgSleep'", 1);
        stubborn.Release();
        await Eventually.EndsAsync(stubborn.Ended, "the body to end");
        Assert.Null(stubborn.SeenAfterwards);
        Assert.Contains("\"ms\":250", await second, StringComparison.Ordinal);
        Assert.Contains("\"workload\":\"io\"", await second, StringComparison.Ordinal);
        await server.UntilSummaryAsync("leftover", 0);

        var records = await server.JsonAsync("/concurrency/requests");
        var io = records.EnumerateArray().Single(record => record.GetProperty("workload").GetString() == "io");
        Assert.DoesNotContain(io.GetProperty("threads").EnumerateArray(), thread => thread.GetProperty("os").GetInt32() == stubborn.OsThread);
    }

    [Theory]
    [InlineData("thread")]
    [InlineData("async")]
    public async Task Client_that_leaves_is_recorded_and_its_thread_counted_until_it_ends(string strategy)
    {
        var stubborn = new StubbornWorkload();
        await using var server = Start(stubborn);
        using (var connection = new RawConnection(server.Address))
        {
            await connection.SendAsync($"/{strategy}/stubborn", "gone");
            await Eventually.EndsAsync(stubborn.Began, "the body to begin");
        }

        await server.UntilSummaryAsync("leftover", 1);
        Assert.Equal(499, (await server.RecordAsync(1)).GetProperty("status").GetInt32());
        stubborn.Release();
        await server.UntilSummaryAsync("leftover", 0);
        Assert.Null(stubborn.SeenAfterwards);
    }

    [Fact]
    public async Task Client_that_leaves_the_queue_is_never_served()
    {
        var stubborn = new StubbornWorkload();
        await using var server = Start(stubborn);
        using var holder = new RawConnection(server.Address);
        await holder.SendAsync("/serial/stubborn", "first");
        await Eventually.EndsAsync(stubborn.Began, "the body to begin");
        using (var leaver = new RawConnection(server.Address))
        {
            await leaver.SendAsync("/serial/stubborn", "second");
            await server.UntilSummaryAsync("queued", 1);
        }

        await server.UntilSummaryAsync("queued", 0);
        stubborn.Release();

        // First come, first served: when this one is answered, the one before it has had its turn.
        await server.JsonAsync("/serial/io?ms=0");
        Assert.Equal(1, stubborn.Runs);
    }

    [Fact]
    public async Task Query_of_a_client_that_left_ends_in_the_database()
    {
        await using var server = new TestServer(postgres);
        foreach (var strategy in new[] { "thread", "async" })
        {
            var reference = postgres.ExecuteAsync("select pg_sleep(10)");
            using (var connection = new RawConnection(server.Address))
            {
                await connection.SendAsync($"/{strategy}/io?ms=10000", "gone");
                await postgres.UntilAsync("wait_event = 'PgSleep'", 2);
            }

            await postgres.UntilAsync("wait_event = 'PgSleep' and query like '%$1%'", 0);
            Assert.False(reference.IsCompleted, "the query was not cancelled, it ended by itself");
            await postgres.ExecuteAsync("select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'");
            await Assert.ThrowsAsync<PostgresException>(() => reference);
            await server.UntilSummaryAsync("leftover", 0);
            Assert.Equal(5, (await server.JsonAsync($"/{strategy}/io?ms=5")).GetProperty("result").GetProperty("ms").GetInt32());
        }
    }

    [Theory]
    [InlineData("thread")]
    [InlineData("async")]
    public async Task Cancellation_that_comes_late_never_meets_the_next_query_on_the_connection(string strategy)
    {
        await using var server = new TestServer(postgres, null, ("Postgres:Connections", "1"));
        var waiting = server.Services.GetRequiredService<WaitingStyles>().For(strategy == "thread" ? BodyStyle.Blocks : BodyStyle.Awaits);
        for (var round = 0; round < 200; round++)
        {
            // Cancelled before, during or just after its end, as it happens; then the same connection is used at once.
            using var cancel = new CancellationTokenSource();
            var cancelling = Task.Run(
                () =>
                {
                    Thread.SpinWait(round * 400);
                    cancel.Cancel();
                },
                TestContext.Current.CancellationToken);
            try
            {
                await waiting.ExecuteAsync("select pg_sleep($1)", 0.001, cancel.Token);
            }
            catch (OperationCanceledException)
            {
            }

            await waiting.ExecuteAsync("select pg_sleep($1)", 0.002, TestContext.Current.CancellationToken);
            await cancelling;
        }
    }

    [Theory]
    [InlineData("thread")]
    [InlineData("async")]
    public async Task Cancellation_that_comes_while_a_query_begins_ends_it(string strategy)
    {
        // Nothing else ends it within this test's patience.
        await using var server = new TestServer(postgres, null, ("Postgres:StatementTime", "00:05:00"), ("Postgres:Connections", "4"));
        var waiting = server.Services.GetRequiredService<WaitingStyles>().For(strategy == "thread" ? BodyStyle.Blocks : BodyStyle.Awaits);
        for (var round = 0; round < 300; round++)
        {
            using var cancel = new CancellationTokenSource();
            var query = Task.Factory.StartNew(
                async () => await waiting.ExecuteAsync("select pg_sleep($1)", 200.0, cancel.Token),
                TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
            Thread.SpinWait(round * 20);
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.EndsAsync(query, "a query that was cancelled"));
        }

        await postgres.UntilAsync("wait_event = 'PgSleep'", 0);
    }

    [Fact]
    public async Task Computing_stops_at_the_deadline()
    {
        await using var server = new TestServer(postgres, null, ("Admission:Deadline", "00:00:00.200"));
        using var answer = await server.GetAsync("/thread/cpu?ms=10000");

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        await server.UntilSummaryAsync("leftover", 0);
    }

    private TestServer Start(StubbornWorkload stubborn, params (string, string)[] settings)
    {
        var server = new TestServer(
            postgres,
            services =>
            {
                services.AddHttpContextAccessor();
                services.AddSingleton<IWorkload>(provider =>
                {
                    stubborn.Accessor = provider.GetRequiredService<IHttpContextAccessor>();
                    return stubborn;
                });
            },
            settings);
        stubborn.Armed = true;
        return server;
    }

    /// <summary>Heeds no cancellation: it waits for the test, then looks around for anything of a request.</summary>
    private sealed class StubbornWorkload : IWorkload
    {
        private readonly TaskCompletionSource _began = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _runs;

        public string Name => "stubborn";

        public IReadOnlyList<Parameter> Parameters => [];

        public IHttpContextAccessor? Accessor { get; set; }

        public bool Armed { get; set; }

        public Task Began => _began.Task;

        public Task Ended => _ended.Task;

        public int Runs => _runs;

        public int OsThread { get; private set; }

        public string? SeenAfterwards { get; private set; }

        public void Release() => _released.TrySetResult();

        public async ValueTask<object> RunAsync(IReadOnlyList<int> arguments, IWaiting waiting, CancellationToken cancellationToken)
        {
            if (!Armed)
            {
                // The server's own warm-up.
                return new { };
            }

            Interlocked.Increment(ref _runs);
            OsThread = ThreadIdentity.Current.Os ?? 0;
            _began.TrySetResult();
            if (waiting is BlockingWaiting)
            {
                ((IAsyncResult)_released.Task).AsyncWaitHandle.WaitOne();
            }
            else
            {
                await _released.Task;
            }

            SeenAfterwards = Accessor!.HttpContext?.Request.Headers["X-Secret"].ToString();
            _ended.TrySetResult();
            return new { SeenAfterwards };
        }
    }
}
