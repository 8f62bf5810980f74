namespace WebConcurrency.Recording;

/// <summary>
/// How a request's time was spent, up to some instant. The parts exclude each other. Where the operating system was asked (<see cref="Cpu"/> is not
/// <see langword="null"/>), every wait is without the CPU time and the wanting of a CPU inside it.
/// </summary>
public readonly record struct RequestTimes
{
    /// <summary>From the middleware's entry.</summary>
    public TimeSpan Wall { get; init; }

    /// <summary>Handed over, without a thread; the making of one included.</summary>
    public TimeSpan Queue { get; init; }

    /// <summary>The part of <see cref="Queue"/> in which a thread was made, from the clock alone: never without its CPU time.</summary>
    public TimeSpan ThreadStart { get; init; }

    /// <summary>Waiting for permission to use a database connection.</summary>
    public TimeSpan Connection { get; init; }

    /// <summary>Waiting for the database.</summary>
    public TimeSpan Database { get; init; }

    /// <summary>Waiting for other I/O.</summary>
    public TimeSpan Io { get; init; }

    /// <summary>Waiting for the one lock that must be held to compute.</summary>
    public TimeSpan Gil { get; init; }

    /// <summary>Blocked on a lock of the runtime; <see langword="null"/> when nobody watched, or as long as the request runs.</summary>
    public TimeSpan? Lock { get; init; }

    /// <summary>Stopped by a garbage collection; <see langword="null"/> when nobody watched, or as long as the request runs.</summary>
    public TimeSpan? Gc { get; init; }

    /// <summary>On a CPU; <see langword="null"/> where the operating system was not asked.</summary>
    public TimeSpan? Cpu { get; init; }

    /// <summary>Ready to run while the system ran something else; <see langword="null"/> where the operating system was not asked or does not say.</summary>
    public TimeSpan? Runnable { get; init; }

    /// <summary>CPU time of the request's further branches, at the same time as its first one's. Beside the sum.</summary>
    public TimeSpan? ParallelCpu { get; init; }

    /// <summary>On a thread, free to run, from the clock alone. Not a part of the sum: it is made of CPU, runnable, lock, GC and unexplained time.</summary>
    public TimeSpan Work { get; init; }

    /// <summary>The database's and other I/O waits, from the clock alone: what others' work is compared with.</summary>
    public TimeSpan IoWait { get; init; }

    /// <summary>All waits: time in which the request's code could not go on.</summary>
    public TimeSpan Wait => Queue + Connection + Database + Io + Gil + (Lock ?? TimeSpan.Zero);

    /// <summary>What is neither a wait nor a garbage collection: CPU, runnable and unexplained time together.</summary>
    public TimeSpan NotWaiting => Wall - Wait - (Gc ?? TimeSpan.Zero);

    /// <summary>
    /// What none of the others accounts for. Negative when they overlap by the error of their clocks; <see langword="null"/> where CPU time is unknown.
    /// </summary>
    public TimeSpan? Unexplained => Cpu is { } cpu ? NotWaiting - cpu - (Runnable ?? TimeSpan.Zero) : null;
}
