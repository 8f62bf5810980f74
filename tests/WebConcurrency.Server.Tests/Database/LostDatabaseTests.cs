using System.Diagnostics;
using System.Globalization;
using System.Net;
using Npgsql;
using WebConcurrency.Server.Database;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Database;

public sealed class LostDatabaseTests(TestPostgres postgres)
{
    [Theory]
    [InlineData("thread")]
    [InlineData("async")]
    [InlineData("serial")]
    public async Task Connection_that_breaks_is_a_503_and_the_next_request_is_served(string strategy)
    {
        await using var server = new TestServer(postgres);
        var request = server.GetAsync($"/{strategy}/io?ms=5000");
        await postgres.UntilAsync("wait_event = 'PgSleep'", 1);
        await postgres.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'");
        using var broken = await request;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, broken.StatusCode);
        Assert.Equal("application/problem+json", broken.Content.Headers.ContentType?.MediaType);
        Assert.InRange(int.Parse(broken.Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture), 1, 3);
        using var next = await server.GetAsync($"/{strategy}/db");
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task Database_that_is_gone_makes_the_server_unready_and_keeps_it_alive()
    {
        var binaries = PostgresBinaries.Find(Environment.GetEnvironmentVariable("PATH"))!;
        var own = await PrivatePostgres.StartAsync(binaries, null, TestContext.Current.CancellationToken);
        await using var server = await ServerProcess.StartAsync(("ConnectionStrings__Postgres", own.ConnectionString));
        await own.DisposeAsync();

        foreach (var path in new[] { "/db", "/async/db", "/serial/io?ms=1", "/health/ready" })
        {
            using var answer = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }

        foreach (var path in new[] { "/health/live", "/cpu?ms=1", "/plain" })
        {
            using var answer = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Database_that_hangs_holds_up_neither_the_deadline_nor_readiness()
    {
        var own = await PrivatePostgres.StartAsync(
            PostgresBinaries.Find(Environment.GetEnvironmentVariable("PATH"))!, null, TestContext.Current.CancellationToken);
        await using var server = await ServerProcess.StartAsync(
            ("ConnectionStrings__Postgres", own.ConnectionString + ";Timeout=3"), ("Admission__Deadline", "00:00:01"));
        await Signal(own, "STOP");
        try
        {
            // All at once and compared with each other: none is held up by the cancellation of another, which takes Npgsql seconds.
            var started = TimeProvider.System.GetTimestamp();
            var answers = await Task.WhenAll(new[] { "/thread/db", "/serial/db", "/async/db", "/pool/db", "/thread/db" }.Select(async path =>
            {
                using var answer = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
                return (Path: path, answer.StatusCode, Took: TimeProvider.System.GetElapsedTime(started).TotalSeconds);
            }));
            Assert.All(answers, answer => Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode));
            var first = answers.Min(answer => answer.Took);
            Assert.All(answers, answer => Assert.True(answer.Took - first < 1, $"{answer} behind the first, after {first} s"));
            using var ready = await server.Client.GetAsync("/health/ready", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        }
        finally
        {
            await Signal(own, "CONT");
        }

        await own.DisposeAsync();
    }

    [Theory]
    [InlineData("thread")]
    [InlineData("async")]
    public async Task Hundred_requests_that_hang_in_the_database_hold_up_neither_their_answers_nor_liveness(string strategy)
    {
        var own = await PrivatePostgres.StartAsync(
            PostgresBinaries.Find(Environment.GetEnvironmentVariable("PATH"))!, null, TestContext.Current.CancellationToken);
        var deadline = TimeSpan.FromSeconds(4);
        await using var server = await ServerProcess.StartAsync(
            ("ConnectionStrings__Postgres", own.ConnectionString), ("Admission__Deadline", $"{deadline}"));

        // With connections that are open: it is the statement that hangs.
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => server.JsonAsync($"/{strategy}/io?ms=500")));
        await Signal(own, "STOP");
        try
        {
            var hanging = Task.WhenAll(Enumerable.Range(0, 100).Select(_ => TimedAsync(server, $"/{strategy}/io?ms=100")));
            List<(HttpStatusCode Status, TimeSpan At, TimeSpan Took)> looks = [], readies = [];
            while (!hanging.IsCompleted)
            {
                looks.Add(await TimedAsync(server, "/health/live"));
                looks.Add(await TimedAsync(server, "/concurrency/summary"));
                readies.Add(await TimedAsync(server, "/health/ready"));
            }

            // Two that never touch the database show what else there is to wait for; a deadline is far more than that, and less than one cancellation takes Npgsql.
            var answers = await hanging;
            Assert.All(answers, answer => Assert.Equal(HttpStatusCode.GatewayTimeout, answer.Status));
            var first = answers.Min(answer => answer.At);
            Assert.True(answers.Max(answer => answer.At) - first < deadline, $"from {first} to {answers.Max(answer => answer.At)}");
            Assert.All(looks, look => Assert.Equal(HttpStatusCode.OK, look.Status));
            Assert.True(looks.Max(look => look.Took) < deadline, $"looking took {looks.Max(look => look.Took)}");
            Assert.All(readies, ready => Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.Status));
            Assert.True(readies.Max(ready => ready.Took) < deadline, $"readiness took {readies.Max(ready => ready.Took)}");
        }
        finally
        {
            await Signal(own, "CONT");
        }

        await own.DisposeAsync();
    }

    [Fact]
    public async Task Server_that_is_stopped_while_its_database_hangs_does_not_wait_for_it()
    {
        var own = await PrivatePostgres.StartAsync(
            PostgresBinaries.Find(Environment.GetEnvironmentVariable("PATH"))!, null, TestContext.Current.CancellationToken);

        // One cancellation takes longer than this test waits for the server's end, and the thread pool would get no more than two threads a second for them.
        await using var server = await ServerProcess.StartAsync(
            ("ConnectionStrings__Postgres", own.ConnectionString + ";Timeout=120"), ("Admission__DrainTime", "00:00:01"));
        string[] paths = ["/thread/io?ms=500", "/async/io?ms=500", "/pool/io?ms=500"];
        await Task.WhenAll(paths.SelectMany(path => Enumerable.Range(0, 60).Select(_ => server.JsonAsync(path))));
        await Signal(own, "STOP");
        try
        {
            var hanging = paths.SelectMany(path => Enumerable.Range(0, 60).Select(_ => TimedAsync(server, path))).ToList();
            await Eventually.EqualAsync(180, () => RunningAsync(server), "how many requests run");
            server.Terminate();

            Assert.All(await Task.WhenAll(hanging), answer => Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status));
            Assert.Equal((0, ""), await server.ExitAsync());
        }
        finally
        {
            await Signal(own, "CONT");
        }

        await own.DisposeAsync();
    }

    [Theory]
    [InlineData("thread")]
    [InlineData("async")]
    public async Task Statement_that_the_database_never_answers_ends_at_its_own_time_limit(string strategy)
    {
        var own = await PrivatePostgres.StartAsync(
            PostgresBinaries.Find(Environment.GetEnvironmentVariable("PATH"))!, null, TestContext.Current.CancellationToken);
        await using var server = await ServerProcess.StartAsync(
            ("ConnectionStrings__Postgres", own.ConnectionString + ";Command Timeout=1;Timeout=1"), ("Admission__Deadline", "00:10:00"));
        await Signal(own, "STOP");
        try
        {
            using var answer = await server.Client.GetAsync($"/{strategy}/db", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
            Assert.Contains("statement", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        finally
        {
            await Signal(own, "CONT");
        }

        await own.DisposeAsync();
    }

    [Theory]
    [InlineData("thread")]
    [InlineData("gil")]
    [InlineData("async")]
    public async Task Query_of_a_client_that_leaves_while_the_connection_is_opened_never_runs(string strategy)
    {
        var own = await PrivatePostgres.StartAsync(
            PostgresBinaries.Find(Environment.GetEnvironmentVariable("PATH"))!, null, TestContext.Current.CancellationToken);
        await using var server = await ServerProcess.StartAsync(("ConnectionStrings__Postgres", own.ConnectionString + ";Timeout=60"));
        await using var source = NpgsqlDataSource.Create(own.ConnectionString);
        await using var connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var reference = new NpgsqlCommand("select pg_sleep(8)", connection);

        // What is open stays usable, what is to be opened waits.
        await SignalPostmasterAsync(own, "STOP");
        try
        {
            var clients = Enumerable.Range(0, 6).Select(_ => new RawConnection(server.Client.BaseAddress!)).ToList();
            foreach (var client in clients)
            {
                await client.SendAsync($"/{strategy}/io?ms=9000", "gone");
            }

            await Eventually.EqualAsync(6, () => RunningAsync(server), "how many requests run");
            clients.ForEach(client => client.Dispose());
            await Eventually.EqualAsync(0, () => RunningAsync(server), "how many requests run");
        }
        finally
        {
            await SignalPostmasterAsync(own, "CONT");
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var sleeping = reference.ExecuteNonQueryAsync(stop.Token);
        await Eventually.EqualAsync(0, () => SummaryAsync(server, "leftover"), "how many threads still work for requests that are over");
        Assert.False(sleeping.IsCompleted, "the queries were not kept from running, they ended by themselves");
        await using var count = source.CreateCommand("select count(*) from pg_stat_activity where query = 'select pg_sleep($1)' and state = 'active'");
        Assert.Equal(0L, await count.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sleeping);
        await own.DisposeAsync();
    }

    private static async Task SignalPostmasterAsync(PrivatePostgres cluster, string signal)
    {
        var postmaster = File.ReadLines(Path.Combine(cluster.Directory, "data/postmaster.pid")).First();
        await Process.Start("kill", [$"-{signal}", postmaster])!.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    private static Task<int> RunningAsync(ServerProcess server) => SummaryAsync(server, "running");

    private static async Task<int> SummaryAsync(ServerProcess server, string figure) =>
        (await server.JsonAsync("/concurrency/summary")).GetProperty(figure).GetInt32();

    private static async Task<(HttpStatusCode Status, TimeSpan At, TimeSpan Took)> TimedAsync(ServerProcess server, string path)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var answer = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
        return (answer.StatusCode, TimeProvider.System.GetElapsedTime(0), TimeProvider.System.GetElapsedTime(started));
    }

    /// <summary>Signals every process of a cluster.</summary>
    private static async Task Signal(PrivatePostgres cluster, string signal)
    {
        var postmaster = File.ReadLines(Path.Combine(cluster.Directory, "data/postmaster.pid")).First();
        await Process.Start("pkill", [$"-{signal}", "-P", postmaster])!.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Process.Start("kill", [$"-{signal}", postmaster])!.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Connections_in_use_make_others_wait_for_one_and_health_does_not()
    {
        await using var server = new TestServer(postgres, null, ("Postgres:Connections", "1"));
        var first = server.JsonAsync("/thread/io?ms=400");
        await postgres.UntilAsync("wait_event = 'PgSleep'", 1);
        var second = server.JsonAsync("/thread/io?ms=0");
        var third = server.JsonAsync("/async/io?ms=0");
        using var ready = await server.GetAsync("/health/ready");

        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.False(first.IsCompleted);
        foreach (var answer in await Task.WhenAll(second, third))
        {
            Assert.True(answer.GetProperty("connection_ms").GetDouble() > 0);
        }

        await first;
    }
}
