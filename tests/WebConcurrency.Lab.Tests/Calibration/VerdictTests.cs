using System.Text.Json;
using WebConcurrency.Lab.Calibration;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Tests.Calibration;

public sealed class VerdictTests
{
    private static readonly Figure Column = new("db_ms", "a truth");
    private static readonly ServerRecord Record = new(JsonDocument.Parse("{}").RootElement);

    /// <summary>5 % and 2 ms: of 100 ms it may be off by 7.</summary>
    [Theory]
    [InlineData(100, 0, 107, nameof(Outcome.Right))]
    [InlineData(100, 0, 107.01, nameof(Outcome.Off))]
    [InlineData(100, 0, 93, nameof(Outcome.Right))]
    [InlineData(100, 0, 92.99, nameof(Outcome.Off))]
    [InlineData(0, 0, 2, nameof(Outcome.Right))]
    [InlineData(0, 0, 2.01, nameof(Outcome.Off))]
    [InlineData(0, 0, -2.01, nameof(Outcome.Off))]
    [InlineData(100, 10, 117, nameof(Outcome.Right))]
    [InlineData(100, 10, 117.01, nameof(Outcome.Off))]
    [InlineData(100, 10, 82.99, nameof(Outcome.Off))]
    public void Figure_beyond_the_tolerance_and_the_truth_s_own_uncertainty_is_off(double known, double uncertainty, double read, string outcome) =>
        Assert.Equal(outcome, Of(Column, new Known(known, uncertainty), read, read, read).Outcome.ToString());

    [Fact]
    public void Sabotaged_truth_ends_the_lab_with_its_own_exit_code()
    {
        var right = Of(Column, Known.Exactly(100), 100.2, 100.4, 99.9);
        var off = Of(Column, Known.Exactly(50), 100.2, 100.4, 99.9);

        Assert.Equal(ExitCodes.Right, Report(right).ExitCode);
        Assert.Equal(ExitCodes.Off, Report(right, off).ExitCode);
        Assert.Equal(50.2, off.Error, 0.001);
        Assert.Equal(4.5, off.Allowed, 0.001);
        Assert.Equal(ExitCodes.ServerFailed, (Report(right, off) with { Failure = "it died" }).ExitCode);
        Assert.Equal(ExitCodes.Interrupted, (Report(right, off) with { Failure = "stopped", Interrupted = true }).ExitCode);
        Assert.Equal(4, new[] { ExitCodes.Right, ExitCodes.Off, ExitCodes.ServerFailed, ExitCodes.BadCommandLine }.Distinct().Count());
    }

    [Fact]
    public void One_noisy_sample_of_five_changes_nothing()
    {
        var verdict = Of(Column, Known.Exactly(100), 100.1, 5_000, 100.3, 100.2, 99.9);
        Assert.Equal(Outcome.Right, verdict.Outcome);
        Assert.Equal(100.2, verdict.Read);
        Assert.Equal(0.2, verdict.Error, 0.001);
        Assert.Equal(Outcome.Off, Of(Column, Known.Exactly(100), 100.1, 5_000, 4_000, 3_000, 99.9).Outcome);
    }

    [Fact]
    public void Each_sample_is_compared_with_its_own_truth()
    {
        Sample[] samples = [.. new[] { 10.0, 200, 3_000 }.Select(value => new Sample(Column, Known.Exactly(value), value + 1, Record))];
        var verdict = Verdict.Of(Column, samples, Tolerance.Default, null);
        Assert.Equal(Outcome.Right, verdict.Outcome);
        Assert.Equal(1, verdict.Error);
    }

    [Fact]
    public void Column_that_no_record_has_though_its_truth_is_known_is_missing()
    {
        var verdict = Of(Column, Known.Exactly(100), null, null, null, null, null);
        Assert.Equal(Outcome.Missing, verdict.Outcome);
        Assert.Equal("absent from 5 of 5 records; what it should be is known", verdict.Reason);
        Assert.Equal(ExitCodes.Off, Report(verdict).ExitCode);
    }

    [Fact]
    public void Column_that_no_record_needs_to_have_is_absent_and_no_failure()
    {
        Sample[] samples = [.. Enumerable.Range(0, 5).Select(_ => new Sample(Column, Known.Exactly(100), null, Record))];
        var verdict = Verdict.Of(Column, samples, Tolerance.Default, "it is switched off");
        Assert.Equal((Outcome.Absent, "absent from 5 of 5 records; it is switched off"), (verdict.Outcome, verdict.Reason));
        Assert.Equal(ExitCodes.Right, Report(verdict).ExitCode);
    }

    [Fact]
    public void Column_of_some_records_alone_is_judged_by_those()
    {
        Assert.Equal(Outcome.Off, Of(Column, Known.Exactly(100), null, 200, 200, 200, null).Outcome);
        Assert.Equal(Outcome.Missing, Of(Column, Known.Exactly(100), null, 200, 200, null, null).Outcome);
    }

    [Fact]
    public void Without_a_truth_nothing_is_said_of_a_figure()
    {
        Assert.Equal(Outcome.NotTried, Of(Column, null, 1, 2, 3).Outcome);
        Assert.Equal(Outcome.Absent, Of(Column, null, null, null, null).Outcome);
        Assert.Equal(Outcome.NotTried, Verdict.Of(Column, [], Tolerance.Default, null).Outcome);
    }

    [Fact]
    public void Figure_may_have_a_tolerance_of_its_own()
    {
        var named = new Figure("blocked_by", "whether") { Unit = Unit.Times, Slack = 0 };
        Assert.Equal(Outcome.Right, Of(named, Known.Exactly(1), 1, 1, 0).Outcome);
        Assert.Equal(Outcome.Off, Of(named, Known.Exactly(1), 1, 0, 0).Outcome);

        var sum = new Figure("sum", "wall") { Slack = 0.01, IsExact = true };
        Assert.Equal(Outcome.Right, Of(sum, Known.Exactly(1_000), 1_000.01).Outcome);
        Assert.Equal(Outcome.Off, Of(sum, Known.Exactly(1_000), 1_000.02).Outcome);

        // In every record, not in most of them.
        Assert.Equal(Outcome.Off, Of(sum, Known.Exactly(1_000), 1_000, 1_000, 1_000, 1_000, 999.9).Outcome);
    }

    [Fact]
    public void Median_of_an_even_number_lies_between_the_middle_two()
    {
        Assert.Equal(2.5, Verdict.Median([4, 1, 3, 2]));
        Assert.Equal(3, Verdict.Median([9, 3, 1]));
    }

    private static Verdict Of(Figure figure, Known? known, params double?[] read) =>
        Verdict.Of(figure, [.. read.Select(value => new Sample(figure, known, value, Record))], Tolerance.Default, excuse: null);

    private static CalibrationReport Report(params Verdict[] verdicts) => new() { Tolerance = Tolerance.Default, Verdicts = verdicts };
}
