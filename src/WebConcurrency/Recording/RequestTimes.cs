namespace WebConcurrency.Recording;

/// <summary>How a request's time was spent, up to some instant. The parts exclude each other.</summary>
/// <param name="Wall">From the middleware's entry.</param>
/// <param name="Queue">Handed over, without a thread; the making of one included.</param>
/// <param name="ThreadStart">The part of <paramref name="Queue"/> in which a thread was made.</param>
/// <param name="Connection">Waiting for permission to use a database connection.</param>
/// <param name="Database">Waiting for the database.</param>
/// <param name="Io">Waiting for other I/O.</param>
/// <param name="Gil">Waiting for the one lock that must be held to compute.</param>
/// <param name="Work">On a thread, free to run.</param>
public readonly record struct RequestTimes(
    TimeSpan Wall, TimeSpan Queue, TimeSpan ThreadStart, TimeSpan Connection, TimeSpan Database, TimeSpan Io, TimeSpan Gil, TimeSpan Work)
{
    /// <summary>All waits: time in which the request's code could not go on.</summary>
    public TimeSpan Wait => Queue + Connection + Database + Io + Gil;

    /// <summary>The waits during which others' work is counted: database and other I/O.</summary>
    public TimeSpan IoWait => Database + Io;
}
