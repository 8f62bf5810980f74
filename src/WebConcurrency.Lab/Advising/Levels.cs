namespace WebConcurrency.Lab.Advising;

/// <summary>At how many at once the throughput is measured.</summary>
internal static class Levels
{
    public const int Count = 7;

    /// <summary>From one alone to twice as many as threads are wanted, in steps of equal ratio.</summary>
    /// <param name="threads">How many are wanted.</param>
    /// <param name="most">The server admits no more, or has no connections for more; fewer than <see cref="Count"/> make fewer levels.</param>
    public static IReadOnlyList<int> Around(double threads, int most)
    {
        var highest = Math.Min(Math.Max(2 * threads, Count + 1), most);
        return
        [
            .. Enumerable.Range(0, Count).Select(step => Math.Min(most, (int)Math.Max(step + 1, Math.Round(Math.Pow(highest, (double)step / (Count - 1)))))).Distinct(),
        ];
    }
}
