using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using WebConcurrency.Server.Tests.Running;
using WebConcurrency.Server.Workloads;

namespace WebConcurrency.Server.Tests.Endpoints;

public sealed class WorkEndpointsTests(TestPostgres postgres)
{
    private static readonly string[] Exclusive =
        ["queue_ms", "connection_ms", "db_ms", "io_ms", "gil_ms", "lock_ms", "gc_ms", "cpu_ms", "runnable_ms", "unexplained_ms"];

    public static TheoryData<string> Strategies => ["thread", "pool", "serial", "threadpool", "async", "gil"];

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task Every_workload_answers_under_every_strategy(string strategy)
    {
        await using var server = new TestServer(postgres);
        foreach (var workload in new[] { "io?ms=10", "cpu?ms=2", "mixed?io=10&cpu=2", "db", "queries?count=3" })
        {
            using var response = await server.GetAsync($"/{strategy}/{workload}");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Contains("queue;dur=", response.Headers.GetValues("Server-Timing").Single(), StringComparison.Ordinal);

            var answer = await server.JsonAsync($"/{strategy}/{workload}");
            Assert.Equal(strategy, answer.GetProperty("strategy").GetString());
            Assert.Equal(workload.Split('?')[0], answer.GetProperty("workload").GetString());
            Assert.NotEqual(0, answer.GetProperty("threads").GetArrayLength());
            var record = await server.RecordAsync(answer.GetProperty("id").GetInt64());
            Assert.Equal($"/{{strategy}}/{workload.Split('?')[0]}", record.GetProperty("route").GetString());

            // Of locks and collections the record alone knows.
            Assert.True(answer.GetProperty("db_ms").GetDouble() >= record.GetProperty("db_ms").GetDouble());
            Assert.True(answer.GetProperty("cpu_ms").GetDouble() <= record.GetProperty("cpu_ms").GetDouble());
        }
    }

    [Fact]
    public async Task Path_without_a_strategy_takes_the_default()
    {
        await using var server = new TestServer(postgres);
        Assert.Equal("thread", (await server.JsonAsync("/io?ms=0")).GetProperty("strategy").GetString());
        Assert.Equal("Hello, World!", await server.Client.GetStringAsync("/plain", TestContext.Current.CancellationToken));

        await using var other = new TestServer(postgres, null, ("Strategies:Default", "async"));
        Assert.Equal("async", (await other.JsonAsync("/io?ms=0")).GetProperty("strategy").GetString());
    }

    [Fact]
    public async Task Eight_waits_overlap_under_thread_and_async_and_queue_under_serial()
    {
        await using var server = new TestServer(postgres);
        var walls = new Dictionary<string, double>();
        foreach (var strategy in new[] { "thread", "async", "serial" })
        {
            // Opens the connections that all eight will use at once.
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => server.JsonAsync($"/{strategy}/io?ms=1")));
            var started = TimeProvider.System.GetTimestamp();
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => server.JsonAsync($"/{strategy}/io?ms=200")));
            walls[strategy] = TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
            var threads = answers.SelectMany(answer => answer.GetProperty("threads").EnumerateArray())
                .Select(thread => thread.GetProperty("os").GetInt32()).Distinct().Count();
            Assert.True(strategy switch { "thread" => threads == 8, "serial" => threads == 1, _ => threads >= 1 }, $"{strategy}: {threads} threads");
        }

        Assert.True(walls["serial"] >= 1_600, $"serial took {walls["serial"]} ms");
        Assert.True(walls["serial"] / walls["thread"] > 4, $"{walls["serial"]} / {walls["thread"]}");
        Assert.True(walls["serial"] / walls["async"] > 4, $"{walls["serial"]} / {walls["async"]}");
    }

    [Fact]
    public async Task Phases_of_a_record_add_up_to_what_is_known_of_its_time()
    {
        await using var server = new TestServer(postgres);
        foreach (var strategy in Strategies)
        {
            var id = (await server.JsonAsync($"/{strategy.Data}/mixed?io=30&cpu=6")).GetProperty("id").GetInt64();
            var record = await server.RecordAsync(id);

            // Locks are not listened to for a while when other tests of this process have made the runtime tell too many, and while it begins anew nothing is
            // known of collections either; and I/O other than the database's is known once some library has told of any.
            double Column(string name) => name is "lock_ms" or "gc_ms" or "io_ms" && !record.TryGetProperty(name, out _) ? 0 : record.GetProperty(name).GetDouble();

            Assert.InRange(Column("db_ms"), 20, Column("wall_ms"));
            Assert.Equal(Column("wall_ms"), Exclusive.Sum(Column), 0.01);
            Assert.Equal(Column("wait_ms"), Exclusive.Take(6).Sum(Column), 0.01);
            foreach (var column in new[] { "queue", "db", "connection", "gil" })
            {
                // A wait is without the CPU time in it; its phases are from the clock alone.
                var phases = record.GetProperty("phases").EnumerateArray()
                    .Where(phase => phase.GetProperty("kind").GetString() is { } kind && (kind == column || (column == "queue" && kind == "thread_start")))
                    .Sum(phase => phase.GetProperty("ms").GetDouble());
                Assert.InRange(Column($"{column}_ms"), 0, phases + 0.005);
            }
        }
    }

    [Fact]
    public async Task Making_a_thread_is_a_phase_that_every_request_pays_under_thread_and_only_the_first_under_pool()
    {
        await using var server = new TestServer(postgres);
        foreach (var (strategy, pays) in new[] { ("thread", true), ("thread", true), ("pool", false), ("serial", false), ("async", false) })
        {
            if (strategy == "pool")
            {
                // Whoever comes next finds the thread that the first one made.
                await server.JsonAsync("/pool/cpu?ms=0");
            }

            var id = (await server.JsonAsync($"/{strategy}/cpu?ms=0")).GetProperty("id").GetInt64();
            var record = await server.RecordAsync(id);
            Assert.Equal(pays, record.TryGetProperty("thread_start_ms", out var took) && took.GetDouble() > 0);
            Assert.Equal(pays, record.GetProperty("phases").EnumerateArray().Any(phase => phase.GetProperty("kind").GetString() == "thread_start"));
        }
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public async Task Exception_in_a_workload_fails_that_request_alone(string strategy)
    {
        await using var server = new TestServer(postgres, services => services.AddSingleton<IWorkload, FailingWorkload>());
        var other = server.JsonAsync("/thread/io?ms=200");
        using var failed = await server.GetAsync($"/{strategy}/fail");

        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.Equal("application/problem+json", failed.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain(
            FailingWorkload.Secret, await failed.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(200, (await other).GetProperty("result").GetProperty("ms").GetInt32());
        Assert.Equal(0, (await server.JsonAsync($"/{strategy}/io?ms=0")).GetProperty("result").GetProperty("ms").GetInt32());
        var records = await server.JsonAsync("/concurrency/requests");
        var record = records.EnumerateArray().Single(record => record.GetProperty("status").GetInt32() == 500);
        Assert.Equal("/{strategy}/fail", record.GetProperty("route").GetString());
    }

    [Fact]
    public async Task Recorder_switched_off_leaves_the_figures_out_of_the_answer()
    {
        await using var server = new TestServer(postgres, null, ("Concurrency:Enabled", "false"));
        using var response = await server.GetAsync("/io?ms=0");
        var answer = await server.JsonAsync("/io?ms=0");

        Assert.False(response.Headers.Contains("Server-Timing"));
        Assert.Equal(["strategy", "workload", "result"], answer.EnumerateObject().Select(property => property.Name));
    }

    private sealed class FailingWorkload : IWorkload
    {
        public const string Secret = "what-nobody-should-read";

        public string Name => "fail";

        public IReadOnlyList<Parameter> Parameters => [];

        public ValueTask<object> RunAsync(
            IReadOnlyList<int> arguments, WebConcurrency.Server.Waiting.IWaiting waiting, CancellationToken cancellationToken) =>
            throw new InvalidOperationException(Secret);
    }
}
