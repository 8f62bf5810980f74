using System.Text.Json;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Logging;

/// <summary>The main job: two requests at once, and the log says that one worked while the other waited.</summary>
public sealed class OverlapInTheLogTests(TestPostgres postgres)
{
    [Fact]
    public async Task Waiting_request_s_line_names_the_thread_that_worked_meanwhile()
    {
        await using var server = await ServerProcess.StartAsync(("ConnectionStrings__Postgres", postgres.ConnectionString));
        await WarmUpAsync(server, "");

        var (io, cpu, lines) = await BothAsync(server, "");

        var line = lines[io];
        var covered = line.GetProperty("CoveredMs").GetDouble();
        var detail = await server.JsonAsync($"/concurrency/requests/{cpu}");
        var worked = detail.GetProperty("phases").EnumerateArray()
            .Where(phase => phase.GetProperty("kind").GetString() == "work").Sum(phase => phase.GetProperty("ms").GetDouble());
        Assert.InRange(covered, 0.85 * Math.Min(worked, 500), worked);
        var os = detail.GetProperty("threads")[0].GetProperty("os").GetInt32();
        Assert.Contains($"request #{cpu} worked", line.GetProperty("@m").GetString(), StringComparison.Ordinal);
        Assert.Contains($"(OS {os})", line.GetProperty("Overlap").GetString(), StringComparison.Ordinal);
        Assert.Contains(
            FormattableString.Invariant($"{covered:0.0} ms of its"), line.GetProperty("@m").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Under_serial_the_same_pair_has_nothing_to_say()
    {
        await using var server = await ServerProcess.StartAsync(("ConnectionStrings__Postgres", postgres.ConnectionString));
        await WarmUpAsync(server, "/serial");

        var (io, cpu, lines) = await BothAsync(server, "/serial");

        Assert.Equal(0, lines[io].GetProperty("CoveredMs").GetDouble());
        Assert.Contains("0.0 ms of its", lines[io].GetProperty("@m").GetString(), StringComparison.Ordinal);
        Assert.Contains("no other request worked meanwhile", lines[io].GetProperty("@m").GetString(), StringComparison.Ordinal);
        var queues = lines[io].GetProperty("QueueMs").GetDouble() + lines[cpu].GetProperty("QueueMs").GetDouble();
        Assert.True(queues > 200, $"one of them queued behind the other, but the queues are {queues} ms");
    }

    [Fact]
    public async Task Moments_of_one_request_stand_between_the_moments_of_another()
    {
        await using var server = await ServerProcess.StartAsync(("ConnectionStrings__Postgres", postgres.ConnectionString));
        await WarmUpAsync(server, "");
        var both = Task.WhenAll(server.JsonAsync("/io?ms=300"), server.JsonAsync("/mixed?io=100&cpu=50"));
        var moments = new List<(long Id, string Text)>();
        while (moments.Count(moment => moment.Text.Contains("done", StringComparison.Ordinal)) < 2)
        {
            var line = JsonDocument.Parse(await server.LineAsync(line => line.Contains("WebConcurrency.Moments", StringComparison.Ordinal))).RootElement;
            moments.Add((line.GetProperty("Id").GetInt64(), line.GetProperty("@m").GetString()!));
        }

        await both;
        Assert.Equal(8, moments.Count);
        var changes = moments.Zip(moments.Skip(1)).Count(pair => pair.First.Id != pair.Second.Id);
        Assert.True(changes > 1, string.Join('\n', moments));
    }

    /// <summary>The first request over HTTP pays for compiling the way to its workload; the figures compared are those of the next ones.</summary>
    private static async Task WarmUpAsync(ServerProcess server, string strategy)
    {
        await server.JsonAsync($"{strategy}/io?ms=0");
        var last = (await server.JsonAsync($"{strategy}/cpu?ms=1")).GetProperty("id").GetInt64();
        await server.LineAsync(line => line.Contains($"#{last} GET", StringComparison.Ordinal));
    }

    private static async Task<(long Io, long Cpu, Dictionary<long, JsonElement> Lines)> BothAsync(ServerProcess server, string strategy)
    {
        var answers = await Task.WhenAll(server.JsonAsync($"{strategy}/io?ms=500"), server.JsonAsync($"{strategy}/cpu?ms=300"));
        var lines = new Dictionary<long, JsonElement>();
        while (lines.Count < 2)
        {
            var line = JsonDocument.Parse(await server.LineAsync(line => line.Contains("\"WebConcurrency.Requests\"", StringComparison.Ordinal))).RootElement;
            lines[line.GetProperty("Id").GetInt64()] = line;
        }

        return (answers[0].GetProperty("id").GetInt64(), answers[1].GetProperty("id").GetInt64(), lines);
    }
}
