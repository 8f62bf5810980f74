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
