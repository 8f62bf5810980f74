using WebConcurrency.Server.Queueing;

namespace WebConcurrency.Server.Threading;

/// <summary>Threads that a request starts besides its own. They are bounded together, and with those that are made for requests.</summary>
internal sealed class WorkerThreads(ThreadBudget budget, TimeProvider time)
{
    private readonly FifoGate _gate = new("worker threads", budget.Workers, 0, Timeout.InfiniteTimeSpan, time, budget.Shared);

    // Made with the server, before there are requests.
    private readonly ExecutionContext _outside = ExecutionContext.Capture()!;

    /// <summary>Starts that many threads within the caller's execution context.</summary>
    /// <exception cref="TurnedAwayException">There are not that many left; none was started.</exception>
    public Workers<T> Start<T>(int count, Func<int, T> body)
    {
        if (!_gate.TryEnter(count))
        {
            throw new QueueFullException("worker threads", _gate.Permits, 0);
        }

        var context = ExecutionContext.Capture();
        var workers = new Workers<T>(count, _outside);
        for (var i = 0; i < count; i++)
        {
            var number = i;
            try
            {
                OwnedThread.Start("worker", () => Run(context, workers, number, body));
            }
            catch (TurnedAwayException exception)
            {
                // Those that were started end by themselves; joining them tells of this.
                _gate.Release();
                workers.Failed(number, exception);
            }
        }

        return workers;
    }

    private void Run<T>(ExecutionContext? context, Workers<T> workers, int number, Func<int, T> body)
    {
        T result = default!;
        Exception? failure = null;
        if (context is null)
        {
            Guarded();
        }
        else
        {
            ExecutionContext.Run(context, _ => Guarded(), null);
        }

        // Before anybody hears of the end: whoever starts others then finds the place free.
        _gate.Release();
        if (failure is null)
        {
            workers.Ended(number, result);
        }
        else
        {
            workers.Failed(number, failure);
        }

        void Guarded()
        {
            try
            {
                result = body(number);
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        }
    }
}
