using WebConcurrency.Lab.Proving;

namespace WebConcurrency.Lab.Tests.Proving;

public sealed class PredictionTests
{
    private static readonly Prediction Gain = new("gain", 1.5, 2.2);

    [Theory]
    [InlineData(1.49, false)]
    [InlineData(1.5, true)]
    [InlineData(2.2, true)]
    [InlineData(2.21, false)]
    [InlineData(double.NaN, false)]
    public void Figure_outside_of_its_bounds_fails_and_a_counter_example_must_be_there(double measured, bool holds)
    {
        Assert.Equal(holds, new Finding(Gain, measured, 3).Holds);
        Assert.Equal(!holds && !double.IsNaN(measured), new Finding(Gain with { IsCounterExample = true }, measured, 3).Holds);
    }

    [Fact]
    public void Claim_holds_when_all_of_its_figures_do_and_there_are_any()
    {
        var claim = Prover.Claims(2)[0];
        Finding good = new(Gain, 2, 3), bad = new(Gain, 1, 3);
        Assert.True(new ClaimVerdict(claim, [good, good]).Holds);
        Assert.False(new ClaimVerdict(claim, [good, bad]).Holds);
        Assert.False(new ClaimVerdict(claim, []).Holds);
    }

    [Fact]
    public void Bounds_are_told_in_words()
    {
        Assert.Equal("1.5 to 2.2", Gain.Bounds);
        Assert.Equal("not 1.5 to 2.2", (Gain with { IsCounterExample = true }).Bounds);
        Assert.Equal("at least 3 ms", new Prediction("x", 3, double.PositiveInfinity, "ms").Bounds);
        Assert.Equal("at most 140 ms", new Prediction("x", 0, 140, "ms").Bounds);
    }

    [Fact]
    public void Last_line_tells_how_many_were_tried()
    {
        var claims = Prover.Claims(2);
        ClaimVerdict good = new(claims[3], [new(Gain, 2, 3)]), bad = new(claims[4], [new(Gain, 1, 3)]);
        Assert.Equal("It ended early: 0 of 10 claims were tried. Nothing is known of any.", ProveReport.Summary([], 10, isOver: false));
        Assert.Equal("It ended early: 2 of 10 claims were tried. All 2 claims that were tried hold.", ProveReport.Summary([good, good], 10, isOver: false));
        Assert.Equal("1 of 2 claims fail: priority.", ProveReport.Summary([good, bad], 2, isOver: true));
        Assert.Equal("All 2 claims hold.", ProveReport.Summary([good, good], 2, isOver: true));
        Assert.Equal(4, Prover.NumberOf(good.Claim));
    }

    [Fact]
    public async Task What_is_under_way_beside_a_failure_is_not_left_behind()
    {
        var other = new TaskCompletionSource();
        var beside = Lab.Proving.Bench.BesideAsync<int>(other.Task, () => throw new InvalidOperationException("mine"));
        Assert.False(beside.IsCompleted);
        other.SetException(new TimeoutException("its"));
        Assert.Equal("mine", (await Assert.ThrowsAsync<InvalidOperationException>(() => beside)).Message);
    }

    [Theory]
    [InlineData(1, 0.9, true)]
    [InlineData(1, 0.7, false)]
    [InlineData(2, 1.5, true)]
    [InlineData(2, 1.0, false)]
    public void As_many_as_there_are_cores_gain_their_number_and_on_one_core_nothing(int cores, double gain, bool holds)
    {
        var free = Assert.Single(Prover.Claims(cores).Single(claim => claim.Name == "gil-cpu").Predictions, one => one.What.EndsWith("under thread, in times of one", StringComparison.Ordinal));
        Assert.Equal(holds, new Finding(free, gain, 3).Holds);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(64)]
    public void There_are_ten_claims_each_with_a_name_and_figures_of_its_own(int cores)
    {
        var claims = Prover.Claims(cores);
        Assert.Equal(10, claims.Select(claim => claim.Name).Distinct().Count());
        Assert.All(claims, claim =>
        {
            Assert.Equal(claim.Predictions.Count, claim.Predictions.Distinct().Count());
            Assert.True(cores == 1 || claim.Predictions.Any(prediction => prediction.IsCounterExample), claim.Name);
        });
    }
}
