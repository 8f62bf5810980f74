using System.Collections.Immutable;

namespace WebConcurrency.Recording;

/// <summary>What one finished request did. Immutable.</summary>
public sealed record RequestRecord
{
    /// <summary>The request's number, given at its start; the first is 1.</summary>
    public required long Id { get; init; }

    /// <summary>Its place in the order of finishing; the first is 1. Page and follow by this one.</summary>
    public required long Sequence { get; init; }

    /// <summary>The HTTP method, or <c>_OTHER</c>.</summary>
    public required string Method { get; init; }

    /// <summary>The route's template, never the path that was asked for; <c>(none)</c> when no route matched.</summary>
    public required string Route { get; init; }

    /// <summary>The HTTP status of the answer; 499 when the client left before it.</summary>
    public required int Status { get; init; }

    /// <summary>Who gave it a thread; <see langword="null"/> when nobody said.</summary>
    public required string? Strategy { get; init; }

    /// <summary>What it did; <see langword="null"/> when nobody said.</summary>
    public required string? Workload { get; init; }

    /// <summary>The wall clock at the start: a label.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <inheritdoc cref="RequestRecorder.Threads"/>
    public required ImmutableArray<ThreadIdentity> Threads { get; init; }

    /// <summary>How often it went from one thread to another.</summary>
    public required int Hops { get; init; }

    /// <summary>The start on the ledger's monotonic clock, from which the phases are counted.</summary>
    public required long Started { get; init; }

    /// <summary>The end on the same clock.</summary>
    public required long Finished { get; init; }

    /// <summary>How the time was spent.</summary>
    public required RequestTimes Times { get; init; }

    /// <summary>Whether anybody could know what was work: not in an application that declares its work, when this request declared none.</summary>
    public required bool WorkIsKnown { get; init; }

    /// <summary>The part of the I/O wait in which at least one other request worked.</summary>
    public required TimeSpan Covered { get; init; }

    /// <summary>Work that other requests did during the I/O wait, summed over them.</summary>
    public required TimeSpan OthersWork { get; init; }

    /// <summary>How many other requests worked during the I/O wait; <see langword="null"/> when more work was done than the ledger keeps.</summary>
    public int? Overlapped { get; init; }

    /// <summary>What it did, in order of time. Time between two phases is unexplained.</summary>
    public required ImmutableArray<Phase> Phases { get; init; }

    /// <summary>Whether there were more phases than <see cref="RequestRecorder.MaxPhases"/>; the times count them all the same.</summary>
    public required bool PhasesLeftOut { get; init; }

    /// <summary>Where in the work log the first I/O wait began; −1 when there was none.</summary>
    internal long FirstIoWaitPosition { get; init; }
}
