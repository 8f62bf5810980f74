namespace WebConcurrency.Server.Waiting;

/// <summary>
/// How a workload waits. A body is written once, as an async method over these leaves; under a blocking strategy each leaf blocks the thread and
/// returns a completed task, so that the body ends on the thread on which it began.
/// </summary>
internal interface IWaiting
{
    /// <summary>Runs a whole body; where computing needs a lock, the body holds it whenever it does not wait.</summary>
    ValueTask<T> RunAsync<T>(Func<ValueTask<T>> body, CancellationToken cancellationToken);

    /// <summary>Waits for permission to use a connection and gives it to the body; afterwards the connection is somebody else's.</summary>
    /// <param name="body">What to do with it.</param>
    /// <param name="cancellationToken">Stops waiting, and the statement that runs, in the database too.</param>
    ValueTask<T> UseAsync<T>(Func<ISession, ValueTask<T>> body, CancellationToken cancellationToken);

    /// <summary>Starts threads inside the request and waits until all have ended.</summary>
    /// <param name="count">How many.</param>
    /// <param name="body">What each does, given its number from 0; it must block, and waits through the leaves that it is given.</param>
    /// <param name="cancellationToken">Nobody waits for the result any more; the bodies are to heed it.</param>
    /// <exception cref="Queueing.TurnedAwayException">There are not that many threads left.</exception>
    ValueTask<T[]> JoinAsync<T>(int count, Func<int, IWaiting, T> body, CancellationToken cancellationToken);

    /// <summary>Says that computing can be interrupted here. Costs next to nothing; call it every few microseconds.</summary>
    void Checkpoint(CancellationToken cancellationToken);
}
