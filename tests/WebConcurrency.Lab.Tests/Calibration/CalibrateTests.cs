using System.Diagnostics;
using System.Text.Json;
using WebConcurrency.Lab.Calibration;
using WebConcurrency.Lab.Servers;
using WebConcurrency.Lab.Tests.Running;

namespace WebConcurrency.Lab.Tests.Calibration;

/// <summary><c>calibrate</c> as its users run it. What is judged is the calibration and not this machine: the tolerance is that of a busy one.</summary>
public sealed class CalibrateTests(ITestOutputHelper output)
{
    private static readonly string[] Tolerant = ["--tolerance-percent", "25", "--tolerance-ms", "50"];

    /// <summary>Columns for which no truth is taken.</summary>
    private static readonly string[] Untried = ["io_ms", "parallel_cpu_ms", "wait_ms", "work_ms", "overlapped", "hops", "thread_start_ms", "switches.voluntary"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_of_its_own_is_calibrated_in_every_column_and_costed()
    {
        var lab = await LabProcess.RunAsync(["calibrate", "--json", "--repetitions", "3", .. Tolerant]);
        output.WriteLine(lab.ToString());

        Assert.Equal(ExitCodes.Right, lab.Code);
        Assert.Empty(lab.Columns("off"));
        Assert.Empty(lab.Columns("absent"));
        string[] expected =
        [
            "db_ms", "wall_ms", "cpu_ms", "runnable_ms", "switches.involuntary", "lock_ms", "unexplained_ms", "blocked_by", "connection_ms", "queue_ms", "gil_ms",
            "covered_ms", "others_work_ms", "gc_ms", "allocated_bytes", "pool_delay_ms", "arrival_ms", "sum of columns",
        ];
        Assert.Equal(expected, lab.Columns("right").Distinct());
        Assert.Equal(Untried, lab.Columns("not_tried"));
        Assert.True(lab.Json.GetProperty("cost_is_rough").GetBoolean());
        Assert.Equal(["/plain", "/async/db"], lab.Json.GetProperty("cost").EnumerateArray().Select(cost => cost.GetProperty("route").GetString()));
        Assert.All(lab.Json.GetProperty("cost").EnumerateArray(), cost => Assert.True(cost.GetProperty("on").GetProperty("requests").GetInt64() > 0));
    }

    [Fact]
    public async Task Column_that_is_off_has_an_exit_code_of_its_own_and_is_named()
    {
        // Nothing is as exact as that.
        var lab = await LabProcess.RunAsync("calibrate", "--no-cost", "--repetitions", "1", "--tolerance-percent", "0", "--tolerance-ms", "0");
        output.WriteLine(lab.ToString());

        Assert.Equal(ExitCodes.Off, lab.Code);
        Assert.Contains("OFF", lab.Output, StringComparison.Ordinal);
        Assert.Matches("figures are off: .*runnable_ms", lab.Output);
    }

    [Fact]
    public async Task Columns_that_a_server_does_not_have_are_named_and_no_failure()
    {
        await using var server = await OwnedServer.StartAsync(
            new Dictionary<string, string> { ["Concurrency__RuntimeEvents"] = "false", ["Concurrency__MeteredPerSecond"] = "0" }, Token);
        var lab = await LabProcess.RunAsync(["calibrate", "--json", "--repetitions", "1", "--url", server.Address.AbsoluteUri, .. Tolerant]);
        output.WriteLine(lab.ToString());

        Assert.Equal(ExitCodes.Right, lab.Code);
        string[] expected =
        [
            "cpu_ms", "runnable_ms", "switches.involuntary", "lock_ms", "unexplained_ms", "blocked_by", "gc_ms", "allocated_bytes", "arrival_ms", "sum of columns",
        ];
        Assert.Equal(expected, lab.Columns("absent").Distinct());

        // With a gate this wide, and a lock that is given up so soon, nothing is known of these.
        Assert.Equal(["connection_ms", "gil_ms", .. Untried], lab.Columns("not_tried"));
    }

    [Fact]
    public async Task Server_whose_lab_is_off_is_calibrated_as_far_as_can_be_known()
    {
        await using var server = await OwnedServer.StartAsync(new Dictionary<string, string> { ["Lab__Enabled"] = "false" }, Token);
        var lab = await LabProcess.RunAsync(["calibrate", "--repetitions", "1", "--url", server.Address.AbsoluteUri, .. Tolerant]);
        output.WriteLine(lab.ToString());

        Assert.Equal(ExitCodes.Right, lab.Code);
        Assert.Contains("Its /lab is off", lab.Output, StringComparison.Ordinal);
        Assert.All(["db_ms", "queue_ms", "cpu_ms + runnable_ms"], column => Assert.Matches($@"(?m)^ *{column.Replace("+", "\\+", StringComparison.Ordinal)} .* right ", lab.Output));
        Assert.Matches("(?m)^Not calibrated: .*lock_ms.*; its /lab is off: start the server with Lab__Enabled=true", lab.Output);
    }

    [Fact]
    public async Task Server_that_does_not_show_its_records_is_told_from_one_that_is_not_there()
    {
        await using var server = await OwnedServer.StartAsync(new Dictionary<string, string> { ["Concurrency__Open"] = "false" }, Token);
        var closed = await LabProcess.RunAsync("calibrate", "--url", server.Address.AbsoluteUri);
        Assert.Equal(ExitCodes.ServerFailed, closed.Code);
        Assert.Contains("Concurrency__Open=true", closed.Errors, StringComparison.Ordinal);

        await using var unrecorded = await OwnedServer.StartAsync(new Dictionary<string, string> { ["Concurrency__Enabled"] = "false" }, Token);
        var silent = await LabProcess.RunAsync("calibrate", "--url", unrecorded.Address.AbsoluteUri);
        Assert.Equal(ExitCodes.ServerFailed, silent.Code);
        Assert.Contains("Concurrency__Enabled=true", silent.Errors, StringComparison.Ordinal);

        // Nobody listens on the port of discarding.
        var gone = await LabProcess.RunAsync("calibrate", "--json", "--url", "http://127.0.0.1:9");
        Assert.Equal(ExitCodes.ServerFailed, gone.Code);
        Assert.Contains("http://127.0.0.1:9/ cannot be reached", gone.Errors, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.ServerFailed, gone.Json.GetProperty("exit_code").GetInt32());
    }

    [Theory]
    [InlineData("<html>Welcome</html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    public async Task Server_of_another_kind_is_recognised(string text)
    {
        await using var server = new GarbageServer(text);
        var lab = await LabProcess.RunAsync("calibrate", "--url", server.Url);
        Assert.Equal(ExitCodes.ServerFailed, lab.Code);
        Assert.Contains("is no WebConcurrency server", lab.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--url", "nonsense")]
    [InlineData("--url", "ftp://example.org")]
    [InlineData("--repetitions", "0")]
    [InlineData("--repetitions", "1.5")]
    [InlineData("--tolerance-ms", "x")]
    [InlineData("--tolerance-percent", "NaN")]
    [InlineData("--tolerance-percent", "-1")]
    public async Task Bad_option_is_named_with_its_value(string option, string value)
    {
        var lab = await LabProcess.RunAsync("calibrate", option, value);
        Assert.Equal(ExitCodes.BadCommandLine, lab.Code);
        Assert.Contains($"{option} is '{value}'", lab.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_that_dies_half_way_leaves_what_was_found_until_then()
    {
        await using var server = await OwnedServer.StartAsync(new Dictionary<string, string>(), Token);
        using var client = new ServerClient(server.Address);
        var facts = await client.FactsAsync(Token);
        var calibrator = new Calibrator(client, Tolerance.Default, repetitions: 1);

        var failure = await Assert.ThrowsAsync<ServerException>(() => calibrator.RunAsync(
            facts,
            truth =>
            {
                if (truth == "more spins than cores")
                {
                    using var dying = Process.GetProcessById(server.Id);
                    dying.Kill();
                    dying.WaitForExit();
                }
            },
            Token));

        Assert.Contains("cannot be reached", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["db_ms", "wall_ms", "cpu_ms"], calibrator.Verdicts.Select(verdict => verdict.Figure.Column));
    }

    [Fact]
    public async Task Interrupted_lab_ends_its_server_and_keeps_what_it_found()
    {
        using var lab = LabProcess.Start("calibrate", "--json", "--repetitions", "100");
        var server = await ChildAsync(lab.Id);
        lab.Interrupt();
        var result = await lab.ExitAsync();
        output.WriteLine(result.ToString());

        Assert.Equal(ExitCodes.Interrupted, result.Code);
        Assert.Equal(ExitCodes.Interrupted, result.Json.GetProperty("exit_code").GetInt32());
        Assert.Equal(JsonValueKind.Array, result.Json.GetProperty("columns").ValueKind);
        Assert.False(Directory.Exists($"/proc/{server}"), $"server {server} still runs");
    }

    /// <summary>The process that the Lab has started.</summary>
    private static async Task<int> ChildAsync(int parent)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
            {
                try
                {
                    // See proc(5): behind the name in parentheses stand the state and the parent.
                    var stat = await File.ReadAllTextAsync(Path.Combine(folder, "stat"), limit.Token);
                    if (stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1] == $"{parent}")
                    {
                        return int.Parse(Path.GetFileName(folder), null);
                    }
                }
                catch (IOException)
                {
                    // It has just ended.
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), limit.Token);
        }
    }
}
