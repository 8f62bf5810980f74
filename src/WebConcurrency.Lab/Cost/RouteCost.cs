namespace WebConcurrency.Lab.Cost;

/// <summary>What recording costs on one route, roughly.</summary>
/// <param name="Route">The path.</param>
/// <param name="On">With recording.</param>
/// <param name="Off">Without.</param>
internal sealed record RouteCost(string Route, Throughput On, Throughput Off)
{
    /// <summary>Requests per second with recording over those without.</summary>
    public double Ratio => On.PerSecond / Off.PerSecond;

    /// <summary>CPU time of the server's process for one request more than without.</summary>
    public double CpuMicroseconds => On.CpuMicroseconds - Off.CpuMicroseconds;
}
