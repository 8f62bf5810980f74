using System.Collections.Concurrent;
using System.Diagnostics;
using WebConcurrency.Lab.Load;
using WebConcurrency.Lab.Servers;
using WebConcurrency.Lab.Tests.Running;

namespace WebConcurrency.Lab.Tests.Load;

public sealed class LoadGeneratorTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Latency_is_not_less_than_what_the_server_took()
    {
        var held = new ConcurrentBag<double>();
        await using var server = new ScriptedServer(async (number, token) =>
        {
            var started = Stopwatch.GetTimestamp();
            await Task.Delay(number % 10 == 0 ? 60 : 5, token);
            held.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            return ScriptedServer.Ok();
        });
        var result = await LoadGenerator.RunAsync(server.Address, new LoadPlan("x", 4, Second), Token);

        Assert.Null(result.Failure);
        Assert.Equal(held.Count, result.Latency.Count);
        var known = held.Order().ToList();

        // A latency is kept to a thousandth, and the rank of a percentile may be rounded.
        Assert.All([50.0, 85, 95, 99], percentile => Assert.True(
            result.Latency.PercentileMs(percentile) >= known[Math.Max(0, (int)(known.Count * percentile / 100) - 1)] * 0.998, $"{percentile}"));
        Assert.True(result.Latency.PercentileMs(95) > 2 * result.Latency.PercentileMs(50), "one in ten took twelve times as long");
    }

    [Fact]
    public async Task Stall_is_counted_for_every_request_that_was_due_meanwhile()
    {
        // One connection and 100 requests a second: from the tenth on the server stands still for 400 ms, in which 40 were due.
        await using var server = Stalling();
        var open = await LoadGenerator.RunAsync(server.Address, new LoadPlan("x", 1, Second) { Rate = 100 }, Token);
        Assert.Equal(100, open.Latency.Count);
        Assert.True(open.Latency.CountFrom(TimeSpan.FromMilliseconds(100)) >= 29, $"{open.Latency.CountFrom(TimeSpan.FromMilliseconds(100))}");
        Assert.True(open.SentLate.PercentileMs(100) > 300);

        // Whoever asks again only after an answer sees it once: that is the omission.
        await using var again = Stalling();
        var closed = await LoadGenerator.RunAsync(again.Address, new LoadPlan("x", 1, Second), Token);
        Assert.True(closed.Latency.CountFrom(TimeSpan.FromMilliseconds(350)) >= 1);
        Assert.True(closed.Latency.PercentileMs(50) < open.Latency.PercentileMs(75));

        static ScriptedServer Stalling() => new(async (number, token) =>
        {
            if (number == 10)
            {
                await Task.Delay(400, token);
            }

            return ScriptedServer.Ok();
        });
    }

    [Fact]
    public async Task Bad_answers_are_counted_by_status_and_are_no_throughput()
    {
        await using var server = new ScriptedServer((number, _) => Task.FromResult<string?>(
            number % 2 == 0 ? ScriptedServer.Ok() : "HTTP/1.1 503 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
        var result = await LoadGenerator.RunAsync(server.Address, new LoadPlan("x", 1, TimeSpan.FromMilliseconds(300)), Token);
        Assert.Null(result.Failure);
        Assert.Equal([503], result.Refused.Keys);
        Assert.InRange(result.Refused[503], result.Answered - 1, result.Answered + 1);
        Assert.True(result.Answered > 0);
    }

    [Fact]
    public async Task Refusals_that_come_after_the_end_of_an_open_loop_are_those_of_requests_that_were_due()
    {
        // Ten are due in 200 ms, and the first answer comes when that is long over.
        await using var server = new ScriptedServer(async (_, token) =>
        {
            await Task.Delay(600, token);
            return "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n";
        });
        var result = await LoadGenerator.RunAsync(server.Address, new LoadPlan("x", 10, TimeSpan.FromMilliseconds(200)) { Rate = 50 }, Token);
        Assert.Null(result.Failure);
        Assert.Equal(10, Assert.Single(result.Refused, refused => refused.Key == 503).Value);
        Assert.Equal((0, 0, 0), (result.Answered, result.Unanswered, result.Latency.Count));
    }

    [Fact]
    public async Task Server_that_dies_half_way_leaves_what_was_measured()
    {
        await using var server = new ScriptedServer((number, _) => Task.FromResult(number < 50 ? ScriptedServer.Ok() : null));
        var result = await LoadGenerator.RunAsync(server.Address, new LoadPlan("x", 1, TimeSpan.FromMinutes(1)), Token);
        Assert.Contains("hung up", result.Failure, StringComparison.Ordinal);
        Assert.Equal(50, result.Answered);
        Assert.Equal(50, result.Latency.Count);
        Assert.Equal(1, result.Unanswered);
        Assert.True(result.Measured < TimeSpan.FromSeconds(50));
    }

    [Fact]
    public async Task Server_that_answers_garbage_is_recognised()
    {
        await using var server = new ScriptedServer((_, _) => Task.FromResult<string?>("220 mail.example ESMTP\r\n"));
        var result = await LoadGenerator.RunAsync(server.Address, new LoadPlan("x", 1, Second), Token);
        Assert.Contains("no web server", result.Failure, StringComparison.Ordinal);
        Assert.Contains("220 mail.example", result.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_that_says_nothing_is_given_up()
    {
        await using var server = new ScriptedServer(async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return null;
        });
        var result = await LoadGenerator.RunAsync(server.Address, new LoadPlan("x", 1, TimeSpan.FromMinutes(1)) { Patience = TimeSpan.FromMilliseconds(200) }, Token);
        Assert.Contains("has not answered anything for 0.2 s", result.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_that_are_left_over_are_told()
    {
        // Half a second for each, and twenty are due in half a second.
        await using var server = new ScriptedServer(async (_, token) =>
        {
            await Task.Delay(500, token);
            return ScriptedServer.Ok();
        });
        var plan = new LoadPlan("x", 1, TimeSpan.FromMilliseconds(500)) { Rate = 40, Patience = TimeSpan.FromMilliseconds(900) };
        var result = await LoadGenerator.RunAsync(server.Address, plan, Token);
        Assert.Null(result.Failure);
        Assert.Equal(20, result.Latency.Count + result.Unanswered);
        Assert.True(result.Unanswered >= 15, $"{result.Unanswered}");
    }

    [Fact]
    public async Task Load_that_is_cancelled_ends()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await using var server = new ScriptedServer(async (number, _) =>
        {
            if (number == 20)
            {
                await stop.CancelAsync();
            }

            return ScriptedServer.Ok();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => LoadGenerator.RunAsync(server.Address, new LoadPlan("x", 1, TimeSpan.FromMinutes(5)), stop.Token));
    }

    [Fact]
    public async Task One_core_of_the_generator_is_enough_for_20_000_requests_a_second()
    {
        await using var server = await OwnedServer.StartAsync(new Dictionary<string, string>(), Token);
        var result = await LoadGenerator.RunAsync(server.Address, new LoadPlan("plain", 32, 2 * Second) { WarmUp = Second }, Token);
        output.WriteLine($"{result.PerSecond:0} requests/s, busy {result.Busy:P0}, {result.OwnCpu.TotalMicroseconds / result.Answered:0.0} µs of CPU for each");
        Assert.Null(result.Failure);

        // What it reaches on a machine that others use says nothing; what it costs does. The clock counts the whole test process.
        Assert.True(result.OwnCpu.TotalMicroseconds / result.Answered < 50);
    }
}
