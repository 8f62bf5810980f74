using WebConcurrency.Lab.Tests.Running;

namespace WebConcurrency.Lab.Tests.Load;

/// <summary><c>load</c> as its users run it.</summary>
public sealed class LoadVerbTests
{
    [Fact]
    public async Task Load_is_reported_for_machines()
    {
        await using var server = new ScriptedServer((_, _) => Task.FromResult<string?>(ScriptedServer.Ok()));
        var lab = await LabProcess.RunAsync("load", "--json", "--seconds", "0.5", "--rate", "200", "--connections", "4", "--url", server.Address.AbsoluteUri);
        Assert.Equal(ExitCodes.Right, lab.Code);
        var load = lab.Json.GetProperty("load");
        Assert.Equal(100, load.GetProperty("answered").GetInt32() + load.GetProperty("unanswered").GetInt32(), 2.0);
        Assert.True(load.GetProperty("p99_ms").GetDouble() >= load.GetProperty("p50_ms").GetDouble());
    }

    [Fact]
    public async Task Server_that_fails_is_told_with_what_was_measured()
    {
        await using var server = new ScriptedServer(async (number, token) =>
        {
            // The first second is for nobody's account.
            await Task.Delay(10, token);
            return number < 150 ? ScriptedServer.Ok() : null;
        });
        var lab = await LabProcess.RunAsync("load", "--json", "--connections", "1", "--seconds", "60", "--url", server.Address.AbsoluteUri);
        Assert.Equal(ExitCodes.ServerFailed, lab.Code);
        Assert.Contains("hung up", lab.Errors, StringComparison.Ordinal);
        Assert.InRange(lab.Json.GetProperty("load").GetProperty("answered").GetInt32(), 1, 150);
        Assert.Equal(ExitCodes.ServerFailed, lab.Json.GetProperty("exit_code").GetInt32());
    }

    [Fact]
    public async Task Server_that_is_not_there_is_named()
    {
        // Nobody listens on the port of discarding.
        var lab = await LabProcess.RunAsync("load", "--url", "http://127.0.0.1:9");
        Assert.Equal(ExitCodes.ServerFailed, lab.Code);
        Assert.Contains("http://127.0.0.1:9/ cannot be reached", lab.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_good_answer_at_all_is_a_failure_that_is_told()
    {
        await using var server = new ScriptedServer((_, _) => Task.FromResult<string?>("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"));
        var lab = await LabProcess.RunAsync("load", "--json", "--seconds", "0.2", "--path", "nosuch", "--url", server.Address.AbsoluteUri);
        Assert.Equal(ExitCodes.ServerFailed, lab.Code);
        Assert.Contains("No request to /nosuch had a good answer", lab.Json.GetProperty("failure").GetString(), StringComparison.Ordinal);
        Assert.True(lab.Json.GetProperty("load").GetProperty("refused").GetProperty("404").GetInt32() > 0);
    }

    [Fact]
    public async Task Bad_command_line_is_told_as_json_where_json_is_asked_for()
    {
        var lab = await LabProcess.RunAsync("load", "--json", "--rate", "x");
        Assert.Equal(ExitCodes.BadCommandLine, lab.Code);
        Assert.Equal(ExitCodes.BadCommandLine, lab.Json.GetProperty("exit_code").GetInt32());
        Assert.Contains("--rate is 'x'", lab.Json.GetProperty("failure").GetString(), StringComparison.Ordinal);
        Assert.Contains("--rate is 'x'", lab.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-INT")]
    [InlineData("-HUP")]
    public async Task Interrupting_ends_it(string signal)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new ScriptedServer((_, _) =>
        {
            asked.TrySetResult();
            return Task.FromResult<string?>(ScriptedServer.Ok());
        });
        using var lab = LabProcess.Start("load", "--json", "--connections", "1", "--seconds", "300", "--url", server.Address.AbsoluteUri);
        await asked.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        lab.Signal(signal);
        var result = await lab.ExitAsync();
        Assert.Equal(ExitCodes.Interrupted, result.Code);
        Assert.Equal("Stopped before the end.", result.Json.GetProperty("failure").GetString());
    }

    [Theory]
    [InlineData("--rate", "0")]
    [InlineData("--rate", "x")]
    [InlineData("--connections", "0")]
    [InlineData("--connections", "1001")]
    [InlineData("--seconds", "-1")]
    [InlineData("--path", "http://[")]
    public async Task Bad_option_is_named_with_its_value(string option, string value)
    {
        var lab = await LabProcess.RunAsync("load", option, value);
        Assert.Equal(ExitCodes.BadCommandLine, lab.Code);
        Assert.Contains($"{option} is '{value}'", lab.Errors, StringComparison.Ordinal);
    }
}
