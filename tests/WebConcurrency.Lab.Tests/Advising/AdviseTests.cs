using WebConcurrency.Lab.Servers;
using WebConcurrency.Lab.Tests.Running;

namespace WebConcurrency.Lab.Tests.Advising;

/// <summary><c>advise</c> as its users run it. What is judged is the verb and not this machine.</summary>
public sealed class AdviseTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Advice_for_the_lab_s_own_server_is_checked()
    {
        var lab = await LabProcess.RunAsync("advise", "--json", "--work", "mixed?io=20&cpu=2", "--seconds", "1.5", "--tolerance-percent", "1000");
        output.WriteLine(lab.ToString());

        // On a machine that others use a curve may be refused; then it must say so.
        Assert.True(lab.Code is ExitCodes.Right or ExitCodes.NoAdvice);
        Assert.Equal(7, lab.Json.GetProperty("levels").GetArrayLength());
        Assert.InRange(lab.Json.GetProperty("wait_ms").GetDouble(), 20, 60);
        if (lab.Code == ExitCodes.NoAdvice)
        {
            Assert.NotEmpty(lab.Json.GetProperty("refusal").GetString()!);
            return;
        }

        var (predicted, check) = (lab.Json.GetProperty("advice").GetProperty("predicted_per_second").GetDouble(), lab.Json.GetProperty("checked"));
        var measured = check.GetProperty("per_second").GetDouble();
        Assert.True(measured > 0);
        Assert.Equal((predicted - measured) / measured, check.GetProperty("error").GetDouble(), 0.001);
        Assert.Equal("async", lab.Json.GetProperty("advice").GetProperty("strategy").GetString());
    }

    [Fact]
    public async Task Advice_for_somebody_else_s_server_is_not_checked_and_has_an_exit_code_of_its_own()
    {
        await using var server = await OwnedServer.StartAsync(new Dictionary<string, string>(), TestContext.Current.CancellationToken);
        var lab = await LabProcess.RunAsync("advise", "--work", "io?ms=20", "--seconds", "1.5", "--url", server.Address.AbsoluteUri);
        output.WriteLine(lab.ToString());
        Assert.True(lab.Code is ExitCodes.NotChecked or ExitCodes.NoAdvice);
        Assert.Contains(lab.Code == ExitCodes.NotChecked ? "Predicted, not checked" : "No advice: ", lab.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_few_samples_carry_no_advice()
    {
        await using var server = await OwnedServer.StartAsync(new Dictionary<string, string>(), TestContext.Current.CancellationToken);
        var lab = await LabProcess.RunAsync("advise", "--json", "--work", "io?ms=100", "--seconds", "0.2", "--url", server.Address.AbsoluteUri);
        Assert.Equal(ExitCodes.NoAdvice, lab.Code);
        Assert.Contains("--seconds", lab.Json.GetProperty("refusal").GetString(), StringComparison.Ordinal);
        Assert.False(lab.Json.TryGetProperty("advice", out _));
    }

    [Fact]
    public async Task Server_that_is_not_there_is_named()
    {
        var lab = await LabProcess.RunAsync("advise", "--url", "http://127.0.0.1:9");
        Assert.Equal(ExitCodes.ServerFailed, lab.Code);
        Assert.Contains("cannot be reached", lab.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/pool/io")]
    [InlineData("pool/io?ms=1")]
    [InlineData("")]
    public async Task Work_with_a_strategy_is_not_taken(string work)
    {
        var lab = await LabProcess.RunAsync("advise", "--work", work);
        Assert.Equal(ExitCodes.BadCommandLine, lab.Code);
        Assert.Contains($"--work is '{work}'", lab.Errors, StringComparison.Ordinal);
    }
}
