using WebConcurrency.Lab.Advising;

namespace WebConcurrency.Lab.Comparing;

/// <summary>What no arrangement of threads can exceed: N requests at once that each take W + C (Little's law), and cores that each compute for C.</summary>
/// <param name="Profile">W and C of one request that is alone.</param>
/// <param name="Cores">Processors of the server; <see langword="null"/>: nobody knows.</param>
internal sealed record Bound(WorkProfile Profile, int? Cores)
{
    /// <summary>Requests each second with so many at once: min(N / (W + C), cores / C).</summary>
    public double PerSecond(int atOnce) => 1e3 * Math.Min(
        atOnce / (Profile.WaitMs + Profile.ComputeMs), Cores is { } cores ? cores / Profile.ComputeMs : double.PositiveInfinity);
}
