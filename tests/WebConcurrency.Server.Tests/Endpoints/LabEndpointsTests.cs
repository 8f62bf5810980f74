using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Endpoints;

public sealed class LabEndpointsTests(TestPostgres postgres)
{
    /// <summary>
    /// What the runtime tells is told to the whole process: other tests' threads may have used up what may be heard of locks, and while it begins anew
    /// nothing is known. A record of such a time leaves the column out, and then the test asks once more.
    /// </summary>
    private const int Tries = 20;

    private static readonly (string, string) On = ("Lab:Enabled", "true");

    [Theory]
    [InlineData("/lab/cpu?ms=0")]
    [InlineData("/lab/lock?ms=0")]
    [InlineData("/lab/gc")]
    [InlineData("/lab/starve?threads=1&ms=0")]
    [InlineData("/lab/process")]
    public async Task Lab_is_not_there_unless_it_is_switched_on(string path)
    {
        await using var server = new TestServer(postgres);
        using var answer = await server.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);

        await using var open = new TestServer(postgres, null, On);
        using var given = await open.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, given.StatusCode);
    }

    [Fact]
    public async Task Bad_values_are_refused_with_the_parameter_and_its_bounds()
    {
        await using var server = new TestServer(postgres, null, On);
        foreach (var (path, parameter, bounds, values) in new (string, string, string, string[])[]
        {
            ("/lab/cpu", "ms", "0 to 10000", ["-1", "10001", "x", "1&ms=2"]),
            ("/lab/lock", "ms", "0 to 5000", ["-1", "5001", "1.5", ""]),
            ("/lab/starve", "ms", "0 to 5000", ["-1", "5001", "1e3", "99999999999999999999"]),
            ("/lab/starve", "threads", "1 to 256", ["0", "257", "-5", "many"]),
        })
        {
            foreach (var value in values)
            {
                using var answer = await server.GetAsync($"{path}?{parameter}={value}");
                var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
                Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{path} {value}: {(int)answer.StatusCode}");
                Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
                var detail = problem.GetProperty("detail").GetString()!;
                Assert.StartsWith(parameter, detail, StringComparison.Ordinal);
                Assert.Contains(bounds, detail, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Whoever_waits_for_the_lock_has_the_time_and_the_keeper_in_its_record()
    {
        await using var server = new TestServer(postgres, null, On);
        await server.JsonAsync("/lab/lock?ms=0");

        JsonElement keeper, waiter, record;
        var tries = 0;
        do
        {
            // Whichever comes second waits for the other.
            var both = await Task.WhenAll(server.JsonAsync("/lab/lock?ms=500"), server.JsonAsync("/lab/lock?ms=500"));
            (keeper, waiter) = Waited(both[0]) < Waited(both[1]) ? (both[0], both[1]) : (both[1], both[0]);
            record = await server.RecordAsync(waiter.GetProperty("id").GetInt64());
        }
        while (!record.TryGetProperty("lock_ms", out _) && ++tries < Tries);

        var keeperId = keeper.GetProperty("id").GetInt64();
        var kept = await server.RecordAsync(keeperId);

        var known = Blocked(waiter.GetProperty("result").GetProperty("waited"));
        Assert.InRange(record.GetProperty("lock_ms").GetDouble(), 0.9 * known, 1.1 * known);
        Assert.Equal([keeperId], record.GetProperty("blocked_by").EnumerateArray().Select(id => id.GetInt64()));
        Assert.Equal("/lab/lock", record.GetProperty("route").GetString());
        Assert.Equal("lab-lock", record.GetProperty("workload").GetString());
        Assert.False(kept.TryGetProperty("blocked_by", out _));

        // The keeper's own wait has no name.
        var held = Blocked(keeper.GetProperty("result").GetProperty("held"));
        Assert.InRange(kept.GetProperty("unexplained_ms").GetDouble(), 0.9 * held, 1.1 * held);
    }

    [Fact]
    public async Task Forced_collection_is_in_the_record_as_the_runtime_counts_it()
    {
        await using var server = new TestServer(postgres, null, On);
        await server.JsonAsync("/lab/gc");
        JsonElement answer, record;
        var tries = 0;
        do
        {
            answer = await server.JsonAsync("/lab/gc");
            record = await server.RecordAsync(answer.GetProperty("id").GetInt64());
        }
        while (!record.TryGetProperty("gc_ms", out _) && ++tries < Tries);

        var paused = answer.GetProperty("result").GetProperty("pause_ms").GetDouble();
        Assert.True(paused > 0);
        Assert.InRange(record.GetProperty("gc_ms").GetDouble(), 0.5 * paused, 1.1 * paused);
        var allocated = answer.GetProperty("result").GetProperty("allocated_bytes").GetInt64();
        Assert.InRange(record.GetProperty("allocated_bytes").GetInt64(), allocated, 1.1 * allocated);
    }

    [Fact]
    public async Task Spin_s_own_clock_agrees_with_the_record()
    {
        await using var server = new TestServer(postgres, null, On);
        await server.JsonAsync("/lab/cpu?ms=1");
        var answer = await server.JsonAsync("/lab/cpu?ms=100");
        var record = await server.RecordAsync(answer.GetProperty("id").GetInt64());

        // The record has what it took to come in and be answered too.
        var computed = answer.GetProperty("result").GetProperty("computed");
        var cpu = computed.GetProperty("cpu_ms").GetDouble();
        Assert.True(cpu >= 100, $"{cpu} ms");
        Assert.InRange(record.GetProperty("cpu_ms").GetDouble(), cpu, record.GetProperty("wall_ms").GetDouble());

        // And at least what the system said of the stretch itself: a virtual machine may lose CPU time that nobody is told of.
        var told = cpu + computed.GetProperty("runnable_ms").GetDouble();
        Assert.True(record.GetProperty("cpu_ms").GetDouble() + record.GetProperty("runnable_ms").GetDouble() >= 0.98 * told, record.GetRawText());
    }

    [Fact]
    public async Task Starved_pool_is_in_the_record_of_whoever_ran_meanwhile()
    {
        // In a process of its own: here the tests themselves would starve.
        await using var server = await ServerProcess.StartAsync(("ConnectionStrings__Postgres", postgres.ConnectionString), ("Lab__Enabled", "true"));
        await server.JsonAsync("/lab/starve?threads=1&ms=0");
        var answer = await server.JsonAsync("/lab/starve?threads=64&ms=1000");
        var delay = answer.GetProperty("result").GetProperty("delay_ms").GetDouble();
        Assert.True(delay >= 1_000, $"an item behind the blocked ones waited {delay} ms");

        // The probe looks four times a second, and on a busy machine a little later.
        var record = await server.JsonAsync($"/concurrency/requests/{answer.GetProperty("id").GetInt64()}");
        Assert.InRange(record.GetProperty("pool_delay_ms").GetDouble(), delay / 2, delay + 50);
    }

    [Fact]
    public async Task Looking_at_the_process_is_not_recorded_and_the_truths_are()
    {
        await using var server = new TestServer(postgres, null, On, ("Postgres:Connections", "3"), ("Gil:SwitchIntervalMs", "7"));
        var process = await server.JsonAsync("/lab/process");
        await server.JsonAsync("/lab/gc");

        Assert.Equal(Environment.ProcessorCount, process.GetProperty("cores").GetInt32());
        Assert.Equal(3, process.GetProperty("connections").GetInt32());
        Assert.Equal(7, process.GetProperty("gil_switch_interval_ms").GetDouble());
        Assert.All(["cpu_ms", "working_set_bytes", "managed_bytes", "threads"], figure => Assert.True(process.GetProperty(figure).GetDouble() > 0, figure));
        var routes = (await server.JsonAsync("/concurrency/requests")).EnumerateArray().Select(record => record.GetProperty("route").GetString());
        Assert.Equal(["/lab/gc"], routes);
    }

    [Fact]
    public async Task Description_has_the_lab_where_it_is_and_with_its_bounds()
    {
        await using var server = new TestServer(postgres, null, On, ("Strategies:Default", "async"));
        var paths = (await server.JsonAsync("/openapi/v1.json")).GetProperty("paths");
        var starve = paths.GetProperty("/lab/starve").GetProperty("get");
        Assert.Equal("Under the strategy thread.", starve.GetProperty("description").GetString());
        Assert.Equal(["threads", "ms", "priority"], starve.GetProperty("parameters").EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString()));
        Assert.Equal(256, starve.GetProperty("parameters")[0].GetProperty("schema").GetProperty("maximum").GetInt32());
        Assert.True(paths.TryGetProperty("/lab/process", out _));

        await using var closed = new TestServer(postgres);
        Assert.DoesNotContain(
            (await closed.JsonAsync("/openapi/v1.json")).GetProperty("paths").EnumerateObject(), path => path.Name.StartsWith("/lab", StringComparison.Ordinal));
    }

    private static double Waited(JsonElement answer) => answer.GetProperty("result").GetProperty("waited").GetProperty("took_ms").GetDouble();

    /// <summary>What a stretch took, less what the system says its thread did or wanted to do.</summary>
    private static double Blocked(JsonElement stretch) =>
        stretch.GetProperty("took_ms").GetDouble() - stretch.GetProperty("cpu_ms").GetDouble() - stretch.GetProperty("runnable_ms").GetDouble();
}
