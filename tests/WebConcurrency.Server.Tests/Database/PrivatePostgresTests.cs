using System.Diagnostics;
using System.Globalization;
using System.Net;
using Npgsql;
using WebConcurrency.Server.Database;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Database;

/// <summary>The cluster that the server brings along, and that must go with it however it goes.</summary>
public sealed class PrivatePostgresTests : IAsyncLifetime
{
    private readonly string _data = Path.Combine("/tmp", $"webconcurrency-test-{Guid.NewGuid():N}");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        Assert.SkipWhen(PostgresBinaries.Find(Environment.GetEnvironmentVariable("PATH")) is null, DatabaseGuidance.NoPostgres());
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        if (Directory.Exists(_data))
        {
            Directory.Delete(_data, recursive: true);
        }

        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Two_servers_run_side_by_side_and_leave_nothing_behind()
    {
        await using var first = await ServerProcess.StartAsync();
        await using var second = await ServerProcess.StartAsync();
        var clusters = new[] { TestCluster.Of(first.Id), TestCluster.Of(second.Id) };
        Assert.NotEqual(clusters[0].Directory, clusters[1].Directory);
        Assert.All(clusters, cluster => Assert.False(cluster.IsGone));

        first.Terminate();
        Assert.Equal(0, (await first.ExitAsync()).Code);
        await clusters[0].UntilGoneAsync();
        Assert.Equal("ready", (await second.JsonAsync("/health/ready")).GetProperty("status").GetString());
        Assert.Equal(5, (await second.JsonAsync("/io?ms=5")).GetProperty("result").GetProperty("ms").GetInt32());
        second.Terminate();
        Assert.Equal(0, (await second.ExitAsync()).Code);
        await clusters[1].UntilGoneAsync();
    }

    [Fact]
    public async Task Cluster_ends_with_a_server_that_is_killed()
    {
        await using var server = await ServerProcess.StartAsync();
        var cluster = TestCluster.Of(server.Id);
        Assert.False(cluster.IsGone);
        server.Kill();

        await cluster.UntilGoneAsync();
    }

    [Fact]
    public async Task Cluster_and_its_guard_are_out_of_reach_of_the_terminal_s_signals()
    {
        await using var server = await ServerProcess.StartAsync();
        var cluster = TestCluster.Of(server.Id);
        var own = Session(server.Id);

        Assert.NotEqual(own, Session(cluster.Postmaster));
        Assert.NotEqual(own, Session(cluster.Guard));
    }

    [Fact]
    public async Task Interrupt_of_the_whole_process_group_leaves_running_work_its_database_until_it_is_done()
    {
        // As in a terminal: the server runs in the process group of whoever started it, which hears of Ctrl-C as well.
        await using var shell = ServerProcess.Launch(
            ["setsid", "sh", "-c", "trap : INT; dotnet \"$0\"; exit $?", ServerProcess.Program], readsLog: true,
            ("Admission__Notice", "00:00:01"), ("Admission__DrainTime", "00:01:00"));
        await shell.UntilListeningAsync();
        var cluster = TestCluster.Of(shell.Child());
        Task<HttpResponseMessage> order;
        await using (var connection = new NpgsqlConnection(cluster.ConnectionString))
        {
            await connection.OpenAsync(Token);
            await using var transaction = await connection.BeginTransactionAsync(Token);
            await using var hold = new NpgsqlCommand("select from shop.products where id = 1 for update", connection, transaction);
            await hold.ExecuteNonQueryAsync(Token);
            using var content = new StringContent(TestShop.Body(1, (1, 1)), null, "application/json");
            order = shell.Client.PostAsync("/thread/orders", content, Token);
            await Eventually.EqualAsync("1", () => cluster.AskAsync("select count(*) from pg_stat_activity where wait_event_type = 'Lock'"), "how many wait for the product");

            shell.SignalGroup("INT");
            await Eventually.EqualAsync(
                HttpStatusCode.ServiceUnavailable, async () => (await shell.Client.GetAsync("/health/ready", Token)).StatusCode, "the answer of /health/ready");
        }

        // Most of its statements are still to come.
        using var answer = await order;
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal((0, ""), await shell.ExitAsync());
        await cluster.UntilGoneAsync();
    }

    [Fact]
    public async Task Work_that_exceeds_the_drain_keeps_neither_the_server_nor_its_cluster()
    {
        var drain = TimeSpan.FromMilliseconds(500);
        var idle = await TimeToEndAsync();
        var busy = await TimeToEndAsync(
            "/thread/io?ms=10000", "/pool/io?ms=10000", "/async/io?ms=10000", "/serial/io?ms=10000", "/gil/io?ms=10000", "/thread/threads?count=5&ms=10000");
        Assert.True(busy < idle + drain + TimeSpan.FromSeconds(2), $"with work: {busy}, without: {idle}");

        async Task<TimeSpan> TimeToEndAsync(params string[] paths)
        {
            await using var server = await ServerProcess.StartAsync(("Admission__DrainTime", $"{drain}"));
            var cluster = TestCluster.Of(server.Id);
            var running = paths.Select(path => server.Client.GetAsync(path, Token)).ToList();
            await Eventually.EqualAsync(
                paths.Length == 0 ? "0" : "10", () => cluster.AskAsync("select count(*) from pg_stat_activity where wait_event = 'PgSleep'"), "how many wait");
            var started = TimeProvider.System.GetTimestamp();
            server.Terminate();
            foreach (var answer in await Task.WhenAll(running))
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
                answer.Dispose();
            }

            Assert.Equal((0, ""), await server.ExitAsync());
            var took = TimeProvider.System.GetElapsedTime(started);
            await cluster.UntilGoneAsync();
            return took;
        }
    }

    [Fact]
    public async Task Socket_is_private_and_there_is_no_port()
    {
        await using var server = await ServerProcess.StartAsync();
        var cluster = TestCluster.Of(server.Id);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(cluster.Directory));
        Assert.Equal("", await cluster.AskAsync("show listen_addresses"));
        Assert.Equal("off", await cluster.AskAsync("show fsync"));
        Assert.Equal("300", await cluster.AskAsync("show max_connections"));
    }

    [Fact]
    public async Task Named_directory_keeps_its_data_durably_across_a_kill()
    {
        var first = await ServerProcess.StartAsync(("Postgres__DataDirectory", _data));
        var cluster = TestCluster.Of(first.Id);
        Assert.Equal("on", await cluster.AskAsync("show fsync"));
        await cluster.AskAsync("create table kept as select 42 as answer");
        first.Kill();
        await cluster.UntilGoneAsync();

        await using var second = await ServerProcess.StartAsync(("Postgres__DataDirectory", _data));
        Assert.Equal("42", await TestCluster.Of(second.Id).AskAsync("select answer from kept"));
    }

    [Fact]
    public async Task Directory_that_another_server_uses_is_reported_and_left_alone()
    {
        await using var first = await ServerProcess.StartAsync(("Postgres__DataDirectory", _data));
        await using var second = ServerProcess.Launch(readsLog: true, ("Postgres__DataDirectory", _data));

        var (code, errors) = await second.ExitAsync();

        Assert.Equal(1, code);
        Assert.Contains(_data, errors, StringComparison.Ordinal);
        Assert.Contains("postmaster.pid", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
        Assert.Equal(5, (await first.JsonAsync("/io?ms=5")).GetProperty("result").GetProperty("ms").GetInt32());
    }

    [Fact]
    public async Task Directory_with_something_else_in_it_is_reported_and_left_alone()
    {
        Directory.CreateDirectory(_data);
        File.WriteAllText(Path.Combine(_data, "mine.txt"), "precious");
        File.SetUnixFileMode(_data, (UnixFileMode)0b111_101_101);
        await using var server = ServerProcess.Launch(readsLog: true, ("Postgres__DataDirectory", _data));

        var (code, errors) = await server.ExitAsync();

        Assert.Equal(1, code);
        Assert.Contains("not empty", errors, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(Path.Combine(_data, "mine.txt")));
    }

    [Fact]
    public async Task Leftover_of_a_server_and_guard_that_were_both_killed_is_cleared_by_the_next_start()
    {
        await using var killed = await ServerProcess.StartAsync();
        var leftover = TestCluster.Of(killed.Id);

        // Stopped, the server cannot replace its guard.
        killed.Signal("STOP");
        Process.GetProcessById(leftover.Guard).Kill();
        killed.Kill();
        await killed.ExitAsync();
        Assert.False(leftover.IsGone);

        await using var next = await ServerProcess.StartAsync();
        await leftover.UntilGoneAsync();
        Assert.False(TestCluster.Of(next.Id).IsGone);
    }

    [Fact]
    public async Task Server_whose_guard_was_killed_keeps_its_cluster_when_another_starts_and_takes_it_along()
    {
        await using var server = await ServerProcess.StartAsync();
        var cluster = TestCluster.Of(server.Id);

        // Stopped, the server cannot replace its guard, and looks from outside as one that is busy.
        server.Signal("STOP");
        Process.GetProcessById(cluster.Guard).Kill();
        await using (await ServerProcess.StartAsync())
        {
            server.Signal("CONT");
            Assert.Equal(5, (await server.JsonAsync("/io?ms=5")).GetProperty("result").GetProperty("ms").GetInt32());
        }

        server.Terminate();
        Assert.Equal(0, (await server.ExitAsync()).Code);
        await cluster.UntilGoneAsync();
    }

    private static int Session(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[3], CultureInfo.InvariantCulture);
    }
}
