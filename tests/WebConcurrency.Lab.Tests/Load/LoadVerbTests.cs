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

    [Theory]
    [InlineData("--rate", "0")]
    [InlineData("--rate", "x")]
    [InlineData("--connections", "0")]
    [InlineData("--connections", "1001")]
    [InlineData("--seconds", "-1")]
    public async Task Bad_option_is_named_with_its_value(string option, string value)
    {
        var lab = await LabProcess.RunAsync("load", option, value);
        Assert.Equal(ExitCodes.BadCommandLine, lab.Code);
        Assert.Contains($"{option} is '{value}'", lab.Errors, StringComparison.Ordinal);
    }
}
