using WebConcurrency.Lab.Advising;

namespace WebConcurrency.Lab.Tests.Advising;

public sealed class AdviceTests
{
    private static readonly int[] Levels = [1, 2, 4, 8, 16, 32, 64];

    private static readonly WorkProfile Profile = new(WaitMs: 80, ComputeMs: 4, ConnectionMs: 80, Samples: 30);

    /// <summary>W = 80 ms, C = 5 ms, two cores: 2 × 0.8 × (1 + 16) = 27.2 threads; min(27 / 85 ms, 2 / 5 ms) = 317.6/s; × 80 ms × 1.25 = 31.8 connections, so 27.</summary>
    [Fact]
    public void Formulas_are_those_of_the_books()
    {
        var measured = Of(n => 1e3 * Math.Min(n / 85.0, 2 / 5.0));
        var advice = Advice.Of(measured, UslFit.To(measured.Points), utilisation: 0.8);

        Assert.Equal(27.2, Advice.ThreadsFor(2, 0.8, 80, 5), 0.001);
        Assert.Equal(27, advice.Threads);
        Assert.Equal("async", advice.Strategy);
        Assert.Equal(317.6, advice.ByBound, 0.1);
        Assert.Equal(27, advice.Connections);
        Assert.Equal(400, Advice.Bound(measured, 64), 0.001);
        Assert.Equal(47.06, Advice.Bound(measured, 4), 0.01);

        // What was measured is the bound itself: the law is not believed.
        Assert.False(advice.UsesUsl);
        Assert.Equal(advice.ByBound, advice.Predicted);
        Assert.Equal(("27", "27", "async"), (advice.Settings["Admission__AsyncRequests"], advice.Settings["Postgres__Connections"], advice.Settings["Strategies__Default"]));
    }

    [Fact]
    public void Law_counts_where_it_fits_better()
    {
        var law = new UslFit(11.8, 0.02, 0.0005, 1);
        var measured = Of(n => law.PerSecond(n));
        var advice = Advice.Of(measured, UslFit.To(measured.Points), utilisation: 0.8);
        Assert.True(advice.UsesUsl);
        Assert.Equal(law.PerSecond(advice.Threads), advice.Predicted, 1.0);
    }

    [Fact]
    public void Connections_are_those_in_use_and_a_quarter_more()
    {
        // Only a tenth of the time of a request is spent with one.
        var measured = Of(n => 1e3 * Math.Min(n / 85.0, 2 / 5.0)) with { Profile = Profile with { ConnectionMs = 8 } };
        Assert.Equal(4, Advice.Of(measured, UslFit.To(measured.Points), 0.8).Connections);
    }

    [Theory]
    [InlineData(80, 5, "async")]
    [InlineData(20, 0.3, "async")]
    [InlineData(0.5, 5, "pool")]
    [InlineData(0, 20, "pool")]
    [InlineData(1.1, 9.9, "async")]
    [InlineData(1.0, 9.9, "pool")]
    public void Strategy_follows_whether_a_request_waits(double waitMs, double computeMs, string strategy)
    {
        Assert.Equal(strategy, StrategyRule.For(waitMs, computeMs));
        var measured = Of(n => n) with { Profile = Profile with { WaitMs = waitMs }, CpuMs = computeMs };
        var advice = Advice.Of(measured, UslFit.To(measured.Points), 0.8);
        Assert.Equal(strategy, advice.Strategy);
        Assert.Equal(strategy == "pool", advice.Settings.ContainsKey("Admission__Threads"));
    }

    [Fact]
    public void What_does_not_carry_an_advice_is_refused_with_the_reason()
    {
        var good = Of(n => 1e3 * Math.Min(n / 85.0, 2 / 5.0));
        var usl = UslFit.To(good.Points);
        Assert.Null(Advice.Obstacle(good, usl));
        Assert.Contains("only 5 levels", Advice.Obstacle(good with { Points = [.. good.Points.Take(5)] }, null), StringComparison.Ordinal);
        Assert.Contains("only 29 answers", Advice.Obstacle(good with { Points = [good.Points[0] with { Answers = 29 }, .. good.Points.Skip(1)] }, null), StringComparison.Ordinal);
        Assert.Contains("3 requests were refused", Advice.Obstacle(good with { Points = [.. good.Points.Take(6), good.Points[6] with { Failed = 3 }] }, null), StringComparison.Ordinal);
        Assert.Contains("R² = 0.89", Advice.Obstacle(good, usl with { RSquared = 0.89 }), StringComparison.Ordinal);
        Assert.NotNull(Advice.Obstacle(good, usl with { RSquared = double.NaN }));
    }

    [Theory]
    [InlineData(1.6, new[] { 1, 2, 3, 4, 5, 6, 8 })]
    [InlineData(24, new[] { 1, 2, 4, 7, 13, 25, 48 })]
    [InlineData(5_000, new[] { 1, 2, 6, 14, 34, 83, 200 })]
    public void Levels_rise_from_one_alone_to_twice_what_is_wanted(double threads, int[] levels) =>
        Assert.Equal(levels, Lab.Advising.Levels.Around(threads, most: 200));

    private static Measurement Of(Func<int, double> rate) =>
        new(Cores: 2, Profile, CpuMs: 5, "all", [.. Levels.Select(n => new ScalePoint(n, rate(n), 1_000))]);
}
