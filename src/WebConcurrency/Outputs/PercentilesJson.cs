namespace WebConcurrency.Outputs;

/// <summary>Nearest-rank percentiles: each is a figure that was measured, none is interpolated.</summary>
internal sealed record PercentilesJson(double P50, double P90, double P99, double Max)
{
    /// <param name="values">At least one; sorted in place.</param>
    public static PercentilesJson Of(List<double> values)
    {
        values.Sort();
        return new PercentilesJson(Rank(0.50), Rank(0.90), Rank(0.99), values[^1]);

        double Rank(double share) => values[Math.Max(0, (int)Math.Ceiling(share * values.Count) - 1)];
    }
}
