using System.Collections.Immutable;

namespace WebConcurrency.Outputs;

/// <summary>A phase, counted from the request's start.</summary>
internal sealed record PhaseJson(string Kind, double StartMs, double EndMs, double Ms)
{
    /// <summary>The thread that worked or was held; left out when none was held.</summary>
    public ThreadJson? Thread { get; init; }

    /// <summary>In an I/O wait: who worked during it, the longest first, at most 100.</summary>
    public ImmutableArray<OverlapJson>? OverlappedBy { get; init; }

    /// <summary>In an I/O wait: whether nobody is missing: all work of that time is still kept, and not more than 100 worked.</summary>
    public bool? OverlappedByAll { get; init; }
}
