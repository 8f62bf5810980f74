using System.Diagnostics;
using System.Text.Json;

namespace WebConcurrency.Lab.Servers;

/// <summary>A good answer, and when it was asked for and had, on the Lab's own monotonic clock.</summary>
/// <param name="Id">The number of the request's record.</param>
/// <param name="Result">What the workload says.</param>
/// <param name="Started">Before it was sent.</param>
/// <param name="Ended">When all of it was read.</param>
internal sealed record Reply(long Id, JsonElement Result, long Started, long Ended)
{
    /// <summary>Milliseconds from asking to having the answer.</summary>
    public double LatencyMs => MillisecondsBetween(Started, Ended);

    /// <summary>Milliseconds from one instant of that clock to another.</summary>
    public static double MillisecondsBetween(long start, long end) => Stopwatch.GetElapsedTime(start, end).TotalMilliseconds;
}
