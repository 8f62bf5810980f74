namespace WebConcurrency.Outputs;

/// <summary>Nearest-rank percentiles: each is a figure that was measured, none is interpolated. Rounded as a record's own columns are.</summary>
internal sealed record PercentilesJson(double P50, double P90, double P99, double Max)
{
    /// <param name="values">At least one, in ascending order.</param>
    public static PercentilesJson OfSorted(ReadOnlySpan<double> values)
    {
        return new PercentilesJson(Rank(values, 0.50), Rank(values, 0.90), Rank(values, 0.99), Math.Round(values[^1], 3));

        static double Rank(ReadOnlySpan<double> values, double share) =>
            Math.Round(values[Math.Max(0, (int)Math.Ceiling(share * values.Length) - 1)], 3);
    }
}
