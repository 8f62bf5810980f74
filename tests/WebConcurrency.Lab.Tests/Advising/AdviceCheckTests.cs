using System.Text.Json;
using WebConcurrency.Lab.Advising;
using WebConcurrency.Lab.Load;
using WebConcurrency.Lab.Tests.Running;

namespace WebConcurrency.Lab.Tests.Advising;

/// <summary>What a check of an advice comes to, on made-up figures: 100 requests/s are predicted.</summary>
public sealed class AdviceCheckTests
{
    private static readonly Measurement Measured = new(
        Cores: 2, new WorkProfile(WaitMs: 80, ComputeMs: 4, ConnectionMs: 80, Samples: 30), Connections: 90, CpuMs: 5, "all", [.. new[] { 1, 2, 4, 8, 16, 32, 64 }.Select(n => new ScalePoint(n, n, 1_000))]);

    private static readonly Advice Predicted = Advice.Of(Measured, UslFit.To(Measured.Points), 0.8) with { ByEstimate = 100, EstimateError = 0.01, UslError = 0.02 };

    [Theory]
    [InlineData(100, 0, ExitCodes.Right)]
    [InlineData(88, 0.136, ExitCodes.Right)]
    [InlineData(86, 0.163, ExitCodes.Off)]
    [InlineData(118, -0.153, ExitCodes.Off)]
    [InlineData(116, -0.138, ExitCodes.Right)]
    [InlineData(0, double.PositiveInfinity, ExitCodes.Off)]
    public void Error_is_that_of_the_prediction_as_a_share_of_what_was_measured(int perSecond, double error, int exitCode)
    {
        var check = new AdviceCheck(Predicted, Loaded(perSecond), TolerancePercent: 15);
        Assert.Equal(error, check.Error, 0.001);
        Assert.Equal(exitCode, check.ExitCode);
        Assert.Equal(exitCode == ExitCodes.Off, check.Fault is not null);
    }

    [Fact]
    public void Failed_request_or_a_busy_generator_spoils_what_is_as_predicted()
    {
        var good = Loaded(100);
        var refused = new AdviceCheck(Predicted, good with { Refused = new Dictionary<int, long> { [503] = 2 } }, 15);
        Assert.Equal(ExitCodes.Off, refused.ExitCode);
        Assert.Equal("2 requests failed in the check: 2 were answered with 503", refused.Fault);

        var silent = new AdviceCheck(Predicted, good with { Unanswered = 3 }, 15);
        Assert.Equal(ExitCodes.Off, silent.ExitCode);
        Assert.Equal("3 requests failed in the check: 3 were never answered", silent.Fault);

        var busy = new AdviceCheck(Predicted, good with { Busy = 0.95 }, 15);
        Assert.Equal(ExitCodes.Off, busy.ExitCode);
        Assert.Contains("load generator was the bottleneck", busy.Fault, StringComparison.Ordinal);

        using var told = new StringWriter();
        AdviceReport.Write(LabConsole.Create(told), "x", Measured, Predicted, obstacle: null, refused, isOwn: true);
        Assert.Contains("NOT AS PREDICTED: 2 requests failed", told.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Report_for_machines_has_the_error_and_what_spoils_it()
    {
        var check = new AdviceCheck(Predicted, Loaded(80) with { Refused = new Dictionary<int, long> { [503] = 2 } }, 15);
        var report = AdviceReport.ForMachines("x", Measured, Predicted, obstacle: null, check, new AttemptEnd(check.ExitCode, null));
        var json = JsonSerializer.SerializeToElement(report, LabJson.Options);
        Assert.Equal(0.25, json.GetProperty("checked").GetProperty("error").GetDouble());
        Assert.Equal(2, json.GetProperty("checked").GetProperty("refused").GetProperty("503").GetInt32());
        Assert.Equal(ExitCodes.Off, json.GetProperty("exit_code").GetInt32());
    }

    private static LoadResult Loaded(int perSecond) => MadeUpLoad.Of("async/x", 10, perSecond);
}
