using System.Collections.Immutable;

namespace WebConcurrency.Outputs;

/// <summary>A record as it is shown: times in milliseconds to the microsecond, a column that nobody could measure left out.</summary>
internal record RecordJson
{
    public required long Id { get; init; }

    public required long Sequence { get; init; }

    public required string Method { get; init; }

    public required string Route { get; init; }

    public required int Status { get; init; }

    public string? Strategy { get; init; }

    public string? Workload { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required ImmutableArray<ThreadJson> Threads { get; init; }

    public required int Hops { get; init; }

    public required double WallMs { get; init; }

    public double? QueueMs { get; init; }

    /// <summary>The part of the queue in which a thread was made.</summary>
    public double? ThreadStartMs { get; init; }

    public double? ConnectionMs { get; init; }

    public double? DbMs { get; init; }

    public double? IoMs { get; init; }

    public double? GilMs { get; init; }

    public double? LockMs { get; init; }

    public double? GcMs { get; init; }

    public double? CpuMs { get; init; }

    public double? RunnableMs { get; init; }

    public double? UnexplainedMs { get; init; }

    /// <summary>What is neither a wait nor a collection, where CPU, runnable and unexplained time are not known apart.</summary>
    public double? WorkMs { get; init; }

    public double? WaitMs { get; init; }

    public double? CoveredMs { get; init; }

    public double? OthersWorkMs { get; init; }

    public int? Overlapped { get; init; }

    /// <summary>Before the middleware; its error is a tick of the kernel when it comes from the socket.</summary>
    public double? ArrivalMs { get; init; }

    public double? PoolDelayMs { get; init; }

    public double? ParallelCpuMs { get; init; }

    public SwitchesJson? Switches { get; init; }

    public long? AllocatedBytes { get; init; }

    /// <summary>The requests that held the locks that it waited for, as far as known; at most eight.</summary>
    public ImmutableArray<long>? BlockedBy { get; init; }
}
