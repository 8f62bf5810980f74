namespace WebConcurrency.Lab.Advising;

/// <summary>Which strategy fits a number of requests at once.</summary>
internal static class StrategyRule
{
    /// <summary>Beyond so many the server gives no threads by default (<c>Admission:Threads</c>), and each costs its memory.</summary>
    public const int MostThreads = 200;

    /// <summary>
    /// Owned threads that are reused cost no start for each request and starve nobody, and blocking is what the code does anyway; where more would wait than there
    /// are threads, waiting must not take one.
    /// </summary>
    public static string For(double threads) => threads <= MostThreads ? "pool" : "async";

    public static string Reason(string strategy) => strategy == "pool"
        ? "threads that are kept cost no start for each request, and blocking them starves nobody"
        : $"more would wait at once than the {MostThreads} threads that a server gives by default, so waiting must not take one";
}
