namespace WebConcurrency.Outputs;

/// <summary>The kept records of one strategy and route.</summary>
/// <param name="Strategy">Who gave the threads; left out when nobody said.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Route">The route's template.</param>
/// <param name="Count">How many records these figures are made of.</param>
/// <param name="Columns">Percentiles of each column that was measured.</param>
/// <param name="Overlap">How much of the I/O wait was covered by others' work; left out where no I/O wait could be measured.</param>
internal sealed record RouteJson(
    string? Strategy, string Method, string Route, int Count, SortedDictionary<string, PercentilesJson> Columns, RouteOverlapJson? Overlap);

/// <summary>I/O wait of several requests, and what others did during it.</summary>
internal sealed record RouteOverlapJson(double IoWaitMs, double CoveredMs, double OthersWorkMs)
{
    /// <summary>The covered part, 0 to 1; left out when nothing waited.</summary>
    public double? CoveredShare { get; init; }
}
