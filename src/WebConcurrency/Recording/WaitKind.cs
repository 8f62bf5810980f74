namespace WebConcurrency.Recording;

/// <summary>
/// What a request waits for while its own code cannot go on. The values are those of <see cref="PhaseKind"/>; when several waits are open
/// at once the request is in the one with the highest value.
/// </summary>
public enum WaitKind
{
    /// <summary>A thread: the request was handed over and nobody has taken it yet.</summary>
    Queue = PhaseKind.Queue,

    /// <summary>The making of a thread. Counts as <see cref="Queue"/> and is a phase of its own.</summary>
    ThreadStart = PhaseKind.ThreadStart,

    /// <summary>I/O that is not the database's: another service, a file.</summary>
    Io = PhaseKind.Io,

    /// <summary>The database's answer.</summary>
    Database = PhaseKind.Database,

    /// <summary>Permission to use one of a limited number of database connections.</summary>
    Connection = PhaseKind.Connection,

    /// <summary>A global lock that must be held to compute, as Python's interpreter has one.</summary>
    Gil = PhaseKind.Gil,
}
