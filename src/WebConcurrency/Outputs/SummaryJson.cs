using System.Collections.Immutable;

namespace WebConcurrency.Outputs;

/// <summary>What goes on now, what was counted since the start, and the kept records by strategy and route.</summary>
internal sealed record SummaryJson(
    int Running, int Queued, int Leftover, long Finished, long Dropped, long Faults, long LinesLeftOut, ThreadPoolJson ThreadPool, int Kept, ImmutableArray<RouteJson> Routes);
