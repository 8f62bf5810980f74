using System.Diagnostics;
using WebConcurrency.Lab.Servers;
using WebConcurrency.Lab.Tests.Running;

namespace WebConcurrency.Lab.Tests.Comparing;

/// <summary><c>compare</c> as its users run it.</summary>
public sealed class CompareTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _report = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.html");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_report);

    [Fact]
    public async Task Strategies_are_compared_by_load_and_the_page_needs_nothing_beside_itself()
    {
        var lab = await LabProcess.RunAsync(
            "compare", "--json", "--work", "io?ms=20", "--strategies", "serial,pool", "--connections", "1,8", "--seconds", "0.5", "--rounds", "2", "--report", _report);
        output.WriteLine(lab.ToString());

        Assert.Equal(ExitCodes.Right, lab.Code);
        var cells = lab.Json.GetProperty("cells").EnumerateArray().ToDictionary(cell => (cell.GetProperty("strategy").GetString(), cell.GetProperty("connections").GetInt32()));
        Assert.Equal([("serial", 1), ("serial", 8), ("pool", 1), ("pool", 8)], cells.Keys);
        Assert.All(cells.Values, cell =>
        {
            Assert.Equal(2, cell.GetProperty("rounds").GetArrayLength());
            Assert.True(cell.GetProperty("server_cpu_ms").GetDouble() > 0);
            Assert.True(cell.GetProperty("columns").GetProperty("db_ms").GetDouble() >= 20);
        });

        // Eight waits at once are eight times one, or one: within one run, whatever else the machine does.
        Assert.True(cells[("pool", 8)].GetProperty("per_second").GetDouble() > 3 * cells[("serial", 8)].GetProperty("per_second").GetDouble());
        Assert.True(cells[("serial", 8)].GetProperty("columns").GetProperty("queue_ms").GetDouble() > cells[("pool", 8)].GetProperty("columns").GetProperty("queue_ms").GetDouble());
        Assert.True(cells[("serial", 8)].GetProperty("share_of_bound").GetDouble() < 0.5);

        var page = await File.ReadAllTextAsync(_report, Token);
        Assert.Equal(2, Occurrences(page, "class=\"timeline\""));
        Assert.Equal(3, Occurrences(page, "<svg xmlns"));
        Assert.DoesNotMatch("(src|href)=\"(?!#)", page);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_loop_counts_from_when_a_request_was_due()
    {
        // Serial can do fifty of these a second; a hundred are due, so the latest have waited for half of the time.
        var lab = await LabProcess.RunAsync("compare", "--json", "--work", "io?ms=20", "--strategies", "serial,async", "--rate", "100", "--seconds", "1", "--rounds", "1");
        output.WriteLine(lab.ToString());
        var cells = lab.Json.GetProperty("cells").EnumerateArray().ToDictionary(cell => cell.GetProperty("strategy").GetString()!);
        Assert.Equal(100, cells["async"].GetProperty("rate").GetDouble());
        Assert.True(cells["serial"].GetProperty("p90_ms").GetDouble() > 300);
        Assert.True(cells["serial"].GetProperty("p90_ms").GetDouble() > 2 * cells["async"].GetProperty("p50_ms").GetDouble());
        Assert.False(cells["async"].TryGetProperty("share_of_bound", out _));
    }

    [Fact]
    public async Task Server_that_dies_half_way_leaves_what_was_measured()
    {
        await using var server = await OwnedServer.StartAsync(new Dictionary<string, string>(), Token);
        using var lab = LabProcess.Start(
            "compare", "--json", "--work", "io?ms=20", "--strategies", "pool", "--connections", "1,2", "--seconds", "2", "--rounds", "10", "--url", server.Address.AbsoluteUri, "--report", _report);
        using (var client = new ServerClient(server.Address))
        {
            // Warming up takes some two hundred, the first cell's are fifty a second, and the second's a hundred.
            await UntilFinishedAsync(client, 600);
        }

        using (var dying = Process.GetProcessById(server.Id))
        {
            dying.Kill();
        }

        var result = await lab.ExitAsync();
        output.WriteLine(result.ToString());
        Assert.Equal(ExitCodes.ServerFailed, result.Code);
        Assert.NotEmpty(result.Json.GetProperty("failure").GetString()!);
        Assert.True(result.Json.GetProperty("cells")[0].GetProperty("per_second").GetDouble() > 0);
        Assert.Contains("It ended early", await File.ReadAllTextAsync(_report, Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--strategies", "serial,fast")]
    [InlineData("--connections", "1,0")]
    [InlineData("--rate", "-1")]
    [InlineData("--report", "/no/such/folder/x.html")]
    [InlineData("--report", "/proc")]
    public async Task Bad_option_is_named_with_its_value(string option, string value)
    {
        var lab = await LabProcess.RunAsync("compare", option, value);
        Assert.Equal(ExitCodes.BadCommandLine, lab.Code);
        Assert.Contains($"{option} is '{value}'", lab.Errors, StringComparison.Ordinal);
    }

    private static async Task UntilFinishedAsync(ServerClient client, long count)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        while ((await client.JsonAsync("concurrency/summary", limit.Token)).GetProperty("finished").GetInt64() < count)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
        }
    }

    private static int Occurrences(string text, string part) => text.Split(part).Length - 1;
}
