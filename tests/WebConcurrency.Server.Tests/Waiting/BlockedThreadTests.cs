using System.Globalization;
using WebConcurrency.Server.Tests.Running;
using WebConcurrency.Server.Waiting;
using Microsoft.Extensions.DependencyInjection;

namespace WebConcurrency.Server.Tests.Waiting;

/// <summary>What "blocked" means, as the kernel sees it.</summary>
public sealed class BlockedThreadTests(TestPostgres postgres)
{
    [Theory]
    [InlineData("thread", "request")]
    [InlineData("serial", "serial")]
    public async Task Thread_of_a_waiting_request_sleeps_and_uses_no_cpu(string strategy, string threadName)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs /proc.");
        await using var server = new TestServer(postgres);
        var request = server.JsonAsync($"/{strategy}/io?ms=1000");
        await postgres.UntilAsync("wait_event = 'PgSleep'", 1);
        var task = Directory.EnumerateDirectories("/proc/self/task")
            .Single(task => File.ReadAllText($"{task}/comm").Trim() == threadName);

        // From the statement's start in PostgreSQL to the thread's own sleep there are some microseconds.
        await Eventually.EqualAsync("S", () => State(task), $"the state of {task}");

        var before = CpuNanoseconds(task);
        for (var look = 0; look < 20; look++)
        {
            Assert.Equal("S", State(task));
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.Equal(before, CpuNanoseconds(task));
        Assert.False(request.IsCompleted);
        var answer = await request;
        Assert.Equal(Path.GetFileName(task), answer.GetProperty("threads")[0].GetProperty("os").GetInt32().ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Blocking_leaves_are_over_when_they_return_and_async_leaves_are_not()
    {
        await using var server = new TestServer(postgres);
        var styles = server.Services.GetRequiredService<WaitingStyles>();
        var (blocking, async) = (styles.For(BodyStyle.Blocks), styles.For(BodyStyle.Awaits));
        var thread = Environment.CurrentManagedThreadId;

        for (var i = 0; i < 50; i++)
        {
            var slept = blocking.ExecuteAsync("select pg_sleep($1)", 0.005, TestContext.Current.CancellationToken);
            Assert.True(slept.IsCompletedSuccessfully);
            await slept;
            var row = blocking.QuerySingleAsync<int>("select $1::int", i, TestContext.Current.CancellationToken);
            Assert.True(row.IsCompletedSuccessfully);
            Assert.Equal(i, await row);
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
        }

        var awaited = async.ExecuteAsync("select pg_sleep($1)", 0.2, TestContext.Current.CancellationToken);
        Assert.False(awaited.IsCompleted);
        await awaited;
        Assert.Equal(7, await async.QuerySingleAsync<int>("select $1::int", 7, TestContext.Current.CancellationToken));
    }

    private static string State(string task) => AfterName(task).Split(' ')[0];

    // proc(5): the name stands in brackets and may itself contain spaces and brackets.
    private static string AfterName(string task)
    {
        var stat = File.ReadAllText($"{task}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..];
    }

    private static long CpuNanoseconds(string task) =>
        long.Parse(File.ReadAllText($"{task}/schedstat").Split(' ')[0], CultureInfo.InvariantCulture);
}
