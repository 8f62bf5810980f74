using WebConcurrency.Lab.Advising;

namespace WebConcurrency.Lab.Tests.Advising;

public sealed class UslFitTests
{
    private static readonly int[] Levels = [1, 2, 4, 8, 16, 32, 64];

    /// <summary>What is computed from known parameters must give them back.</summary>
    [Theory]
    [InlineData(100, 0.05, 0.001)]
    [InlineData(12, 0, 0.0003)]
    [InlineData(2_000, 0.3, 0.00002)]
    [InlineData(1_000, 0, 0)]
    public void Known_parameters_come_back(double lambda, double sigma, double kappa)
    {
        var fit = UslFit.To([.. Levels.Select(n => new ScalePoint(n, lambda * n / (1 + (sigma * (n - 1)) + (kappa * n * (n - 1))), 1_000))]);
        Assert.Equal(lambda, fit.Lambda, lambda * 0.01);
        Assert.Equal(sigma, fit.Sigma, 0.005);
        Assert.Equal(kappa, fit.Kappa, 0.00005);
        Assert.True(fit.RSquared > 0.999);
        Assert.Equal(fit.PerSecond(16), lambda * 16 / (1 + (sigma * 15) + (kappa * 16 * 15)), lambda * 0.1);
    }

    /// <summary>σ = 0.05 and κ = 0.001: N* = √(0.95 / 0.001) = 30.82.</summary>
    [Fact]
    public void Peak_is_where_more_get_less_done()
    {
        var law = new UslFit(100, 0.05, 0.001, 1);
        Assert.Equal(30.82, law.Peak, 0.01);
        Assert.Equal(100 * 16 / (1 + (0.05 * 15) + (0.001 * 16 * 15)), law.PerSecond(16), 1e-9);
        Assert.True(law.PerSecond(31) > law.PerSecond(20));
        Assert.True(law.PerSecond(31) > law.PerSecond(45));
        Assert.Equal(double.PositiveInfinity, (law with { Kappa = 0 }).Peak);
    }

    [Fact]
    public void What_is_no_such_curve_fits_badly()
    {
        double[] saw = [100, 20, 180, 10, 150, 30, 90];
        Assert.True(UslFit.To([.. Levels.Select((n, i) => new ScalePoint(n, saw[i], 1_000))]).RSquared < 0.9);
    }
}
