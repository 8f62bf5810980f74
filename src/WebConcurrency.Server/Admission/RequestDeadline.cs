namespace WebConcurrency.Server.Admission;

/// <summary>When a request is over, however it spends its time: its own has passed, or that of the server, which stops. Dispose of it with the request.</summary>
internal sealed class RequestDeadline : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly CancellationTokenSource _own;
    private readonly CancellationTokenSource _either;

    /// <param name="limit">How long the request may take from now on.</param>
    /// <param name="drain">The server's time.</param>
    /// <param name="time">The clock.</param>
    public RequestDeadline(TimeSpan limit, Drain drain, TimeProvider time)
    {
        _limit = limit;
        _own = new CancellationTokenSource(limit, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_own.Token, drain.Over);
    }

    public CancellationToken Token => _either.Token;

    public bool HasPassed => _either.IsCancellationRequested;

    /// <summary>What to answer once it has passed.</summary>
    public Exception Reason() => _own.IsCancellationRequested ? new DeadlineExceededException(_limit) : new StoppingException();

    public void Dispose()
    {
        _either.Dispose();
        _own.Dispose();
    }
}
