using System.Diagnostics;
using WebConcurrency.Lab.Load;

namespace WebConcurrency.Lab.Tests.Load;

public sealed class LatencyHistogramTests
{
    /// <summary>The quantiles of an exponential distribution are −mean · ln(1 − p): a histogram of its quantiles at even steps must give them back.</summary>
    [Theory]
    [InlineData(50)]
    [InlineData(90)]
    [InlineData(99)]
    [InlineData(99.9)]
    public void Percentiles_of_a_known_distribution_come_back_to_a_thousandth(double percentile)
    {
        const double Mean = 20;
        const int Count = 100_000;
        var histogram = new LatencyHistogram();
        for (var i = 0; i < Count; i++)
        {
            Record(histogram, -Mean * Math.Log(1 - ((i + 0.5) / Count)));
        }

        var known = -Mean * Math.Log(1 - (percentile / 100));
        Assert.InRange(histogram.PercentileMs(percentile), known * 0.998, known * 1.002);
        Assert.InRange(histogram.MeanMs, Mean * 0.998, Mean * 1.002);
        Assert.Equal(Count, histogram.Count);
    }

    [Fact]
    public void Two_histograms_together_are_one_of_all()
    {
        var (one, other) = (new LatencyHistogram(), new LatencyHistogram());
        Record(one, 1);
        Record(other, 100);
        one.Add(other);
        Assert.Equal(2, one.Count);
        Assert.InRange(one.PercentileMs(100), 99.9, 100.1);
        Assert.InRange(one.PercentileMs(50), 0.999, 1.001);
        Assert.Equal(1, one.CountFrom(TimeSpan.FromMilliseconds(50)));
    }

    [Fact]
    public void Nothing_has_no_percentile() => Assert.Equal(double.NaN, new LatencyHistogram().PercentileMs(50));

    [Fact]
    public void What_is_beyond_ten_minutes_is_ten_minutes()
    {
        var histogram = new LatencyHistogram();
        Record(histogram, 3_600_000);
        Assert.InRange(histogram.PercentileMs(100), 599_000, 601_000);
    }

    private static void Record(LatencyHistogram histogram, double milliseconds) => histogram.Record((long)(milliseconds * Stopwatch.Frequency / 1e3));
}
