using System.Net;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Workloads;

public sealed class ThreadsAndPriorityTests(TestPostgres postgres)
{
    [Theory]
    [InlineData("thread")]
    [InlineData("async")]
    [InlineData("gil")]
    public async Task Worker_threads_all_run_and_together_take_the_longest_and_not_the_sum(string strategy)
    {
        await using var server = new TestServer(postgres);
        await server.JsonAsync($"/{strategy}/threads?count=5&ms=1");
        var answer = await server.JsonAsync($"/{strategy}/threads?count=5&ms=200");

        var workers = answer.GetProperty("result").GetProperty("workers").EnumerateArray().ToList();
        Assert.Equal([1, 2, 3, 4, 5], workers.Select(worker => worker.GetProperty("number").GetInt32()));
        Assert.Equal(5, workers.Select(worker => worker.GetProperty("os").GetInt32()).Distinct().Count());
        var alone = workers.Sum(worker => worker.GetProperty("end_ms").GetDouble() - worker.GetProperty("start_ms").GetDouble());
        Assert.True(alone >= 1_000, $"{alone}");
        Assert.True(answer.GetProperty("result").GetProperty("took_ms").GetDouble() < alone / 2);
    }

    [Fact]
    public async Task More_worker_threads_than_there_may_be_are_turned_away()
    {
        await using var server = new TestServer(postgres, null, ("Admission:Threads", "4"));
        using var answer = await server.GetAsync("/thread/threads?count=5&ms=0");

        // To try again would help nobody: there will never be five.
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("count is 5", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using var fewer = await server.GetAsync("/thread/threads?count=4&ms=0");
        Assert.Equal(HttpStatusCode.OK, fewer.StatusCode);
    }

    [Theory]
    [InlineData("thread", "low", HttpStatusCode.OK)]
    [InlineData("gil", "normal", HttpStatusCode.OK)]
    [InlineData("pool", "low", HttpStatusCode.BadRequest)]
    [InlineData("async", "low", HttpStatusCode.BadRequest)]
    [InlineData("thread", "high", HttpStatusCode.BadRequest)]
    [InlineData("thread", "", HttpStatusCode.BadRequest)]
    [InlineData("thread", "low&priority=low", HttpStatusCode.BadRequest)]
    public async Task Priority_is_accepted_where_a_thread_is_made(string strategy, string priority, HttpStatusCode expected)
    {
        await using var server = new TestServer(postgres);
        using var answer = await server.GetAsync($"/{strategy}/cpu?ms=1&priority={priority}");
        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Low_priority_is_the_thread_s_own_and_the_kernel_knows_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs /proc.");
        await using var server = new TestServer(postgres);
        var low = server.JsonAsync("/thread/io?ms=500&priority=low");
        var normal = server.JsonAsync("/thread/io?ms=500");
        await postgres.UntilAsync("wait_event = 'PgSleep'", 2);
        var nices = Directory.EnumerateDirectories("/proc/self/task").Select(Read).OfType<(string Name, int Nice)>().ToList();
        Assert.Equal(2, nices.Count(thread => thread.Name == "request"));

        // Nobody else's has changed. The tests themselves may run as nice.
        var own = Read("/proc/self")!.Value.Nice;
        Assert.Equal([("request", Math.Min(19, own + 10))], nices.Where(thread => thread.Nice != own));
        await Task.WhenAll(low, normal);

        static (string Name, int Nice)? Read(string task)
        {
            try
            {
                var stat = File.ReadAllText($"{task}/stat");
                return (File.ReadAllText($"{task}/comm").Trim(), int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16], null));
            }
            catch (IOException)
            {
                // It has ended since.
                return null;
            }
        }
    }

    [Fact]
    public async Task Strategy_that_is_switched_off_does_not_exist()
    {
        await using var server = new TestServer(postgres, null, ("Strategies:Off:0", "threadpool"));
        using var off = await server.GetAsync("/threadpool/io?ms=0");
        Assert.Equal(HttpStatusCode.NotFound, off.StatusCode);
        Assert.DoesNotContain("threadpool", await off.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using var on = await server.GetAsync("/pool/io?ms=0");
        Assert.Equal(HttpStatusCode.OK, on.StatusCode);
    }
}
