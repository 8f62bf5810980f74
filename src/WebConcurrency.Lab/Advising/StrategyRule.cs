namespace WebConcurrency.Lab.Advising;

/// <summary>Which strategy fits what a request does.</summary>
internal static class StrategyRule
{
    /// <summary>Beyond so many the server gives no threads by default (<c>Admission:Threads</c>), and each costs its memory.</summary>
    public const int MostThreads = 200;

    /// <summary>What waits for less than this share of its time computes.</summary>
    private const double LeastWaitShare = 0.1;

    /// <param name="waitMs">W: what a request waits for, alone.</param>
    /// <param name="computeMs">C: what it computes for.</param>
    public static string For(double waitMs, double computeMs) => waitMs / (waitMs + computeMs) < LeastWaitShare ? "pool" : "async";

    public static string Reason(string strategy) => strategy == "pool"
        ? "it computes; threads of its own cost no start for each request and leave the thread pool to whoever reads and answers"
        : "it waits, which must not take a thread; and as many as there are cores then compute to their end, where threads would share the cores in slices and all end late";
}
