namespace WebConcurrency.Recording;

/// <summary>What a request was doing during one phase. Kinds exclude each other: a request is in one at a time.</summary>
public enum PhaseKind
{
    /// <summary>Nothing that is known: not on a thread and no named wait. Never recorded as a phase.</summary>
    Unexplained,

    /// <summary>
    /// On a thread, outside of the declared work: the framework reads the request or writes the response. Only in an application that declares its work.
    /// </summary>
    Pipeline,

    /// <summary>On a thread and free to run; in an application that declares its work, between the ends of <see cref="RequestRecorder.Work"/>.</summary>
    Work,

    /// <summary>Handed over, but no thread has taken it yet.</summary>
    Queue,

    /// <summary>A thread is being made for it: the part of <see cref="Queue"/> that a parked thread would have saved.</summary>
    ThreadStart,

    /// <summary>Waiting for I/O that is not the database's.</summary>
    Io,

    /// <summary>Waiting for the database.</summary>
    Database,

    /// <summary>Waiting for permission to use a database connection.</summary>
    Connection,

    /// <summary>Waiting for the one lock that must be held to compute.</summary>
    Gil,
}
