using System.Diagnostics;
using HdrHistogram;

namespace WebConcurrency.Lab.Load;

/// <summary>Durations from a microsecond to ten minutes, each to a thousandth of itself. Not thread-safe.</summary>
internal sealed class LatencyHistogram
{
    private const int Digits = 3;
    private const long Longest = 600_000_000;

    private readonly LongHistogram _microseconds = new(1, Longest, Digits);

    public long Count => _microseconds.TotalCount;

    public double MeanMs => Count == 0 ? double.NaN : _microseconds.GetMean() / 1e3;

    /// <param name="ticks">By the clock of <see cref="Stopwatch"/>.</param>
    public void Record(long ticks) => _microseconds.RecordValue(Math.Clamp((long)Math.Round(ticks * 1e6 / Stopwatch.Frequency), 0, Longest));

    public void Add(LatencyHistogram other) => _microseconds.Add(other._microseconds);

    /// <summary>So many milliseconds or less took this share of them.</summary>
    /// <param name="percentile">0 to 100.</param>
    /// <returns>Not a number when there are none.</returns>
    public double PercentileMs(double percentile) => Count == 0 ? double.NaN : _microseconds.GetValueAtPercentile(percentile) / 1e3;

    /// <summary>How many took at least so long.</summary>
    public long CountFrom(TimeSpan least) => _microseconds.RecordedValues().Where(value => value.ValueIteratedTo >= least.TotalMicroseconds).Sum(value => value.CountAtValueIteratedTo);
}
