using WebConcurrency.Recording;

namespace WebConcurrency.Ledger;

/// <summary>What one finished request did, without its phases and threads: flat, to be kept without an object for each request.</summary>
internal record struct RecordFigures
{
    /// <summary>Stands for the route where none matched.</summary>
    public const string NoRoute = "(none)";

    public long Id { get; init; }

    /// <summary>Its place in the order of finishing; the first is 1. Page and follow by this one.</summary>
    public long Sequence { get; init; }

    /// <summary>The HTTP method, or <c>_OTHER</c>.</summary>
    public string Method { get; init; }

    /// <summary>The route's template, never the path that was asked for; <c>(none)</c> when no route matched.</summary>
    public string Route { get; init; }

    /// <summary>The HTTP status of the answer; 499 when the client left before it.</summary>
    public int Status { get; init; }

    /// <summary>Who gave it a thread; <see langword="null"/> when nobody said.</summary>
    public string? Strategy { get; init; }

    /// <summary>What it did; <see langword="null"/> when nobody said.</summary>
    public string? Workload { get; init; }

    /// <summary>The wall clock at the start: a label.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>How often it went from one thread to another.</summary>
    public int Hops { get; init; }

    /// <summary>The start on the ledger's monotonic clock, from which the phases are counted.</summary>
    public long Started { get; init; }

    /// <summary>The end on the same clock.</summary>
    public long Finished { get; init; }

    public RequestTimes Times { get; init; }

    /// <summary>In the kernel and in the server, before the middleware; <see langword="null"/> when nobody knows.</summary>
    public TimeSpan? Arrival { get; init; }

    /// <summary>The longest that the thread pool took to run a ready item while the request ran; <see langword="null"/> when nobody looks.</summary>
    public TimeSpan? PoolDelay { get; init; }

    /// <summary>Whether anybody could know what was work: not in an application that declares its work, when this request declared none.</summary>
    public bool WorkIsKnown { get; init; }

    /// <summary>Whether a wait for the database would be known, as far as libraries tell: one of them has told of such a wait in this process.</summary>
    public bool DatabaseIsTold { get; init; }

    /// <summary>The same of other I/O.</summary>
    public bool IoIsTold { get; init; }

    /// <summary>What its threads used; <see langword="null"/> when the system was not asked.</summary>
    public ThreadUsage? Used { get; init; }

    /// <summary>Who held the locks that it waited for.</summary>
    public Blockers BlockedBy { get; init; }

    /// <summary>The part of the I/O wait in which at least one other request worked.</summary>
    public TimeSpan Covered { get; init; }

    /// <summary>Work that other requests did during the I/O wait, summed over them.</summary>
    public TimeSpan OthersWork { get; init; }

    /// <summary>How many other requests worked during the I/O wait; <see langword="null"/> when more work was done than the ledger keeps.</summary>
    public int? Overlapped { get; init; }

    /// <summary>Whether there were more phases than are kept of one request; the times count them all the same.</summary>
    public bool PhasesLeftOut { get; init; }

    /// <summary>Where in the work log the first I/O wait began; −1 when there was none.</summary>
    public long FirstIoWaitPosition { get; init; }

    /// <inheritdoc cref="RequestTrace.LastPosition"/>
    public long LastPosition { get; init; }

    /// <inheritdoc cref="RequestTrace.WorkersLeft"/>
    public int WorkersLeft { get; init; }
}
