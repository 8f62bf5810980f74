using WebConcurrency.Server.Queueing;

namespace WebConcurrency.Server.Threading;

/// <summary>Threads that a request starts besides its own. They are bounded together, and with those that are made for requests.</summary>
internal sealed class WorkerThreads(ThreadBudget budget, TimeProvider time)
{
    private readonly FifoGate _gate = new("worker threads", budget.Workers, 0, Timeout.InfiniteTimeSpan, time, budget.Shared);

    /// <summary>Starts that many threads within the caller's execution context.</summary>
    /// <returns>A task that ends with the last of them and fails with the first failure. To block until then, wait for it.</returns>
    /// <exception cref="TurnedAwayException">There are not that many left; none was started, or those that were end by themselves.</exception>
    public Task<T[]> Start<T>(int count, Func<int, T> body)
    {
        if (!_gate.TryEnter(count))
        {
            throw new QueueFullException("worker threads", _gate.Permits, 0);
        }

        var context = ExecutionContext.Capture();
        var results = Enumerable.Range(0, count).Select(_ => new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        for (var i = 0; i < count; i++)
        {
            var number = i;
            try
            {
                OwnedThread.Start("worker", () => Run(context, results[number], () => body(number)));
            }
            catch (TurnedAwayException exception)
            {
                results[number].SetException(exception);
                _gate.Release();
            }
        }

        return Task.WhenAll(results.Select(result => result.Task));
    }

    private void Run<T>(ExecutionContext? context, TaskCompletionSource<T> outcome, Func<T> body)
    {
        T result = default!;
        Exception? failure = null;
        void Guarded()
        {
            try
            {
                result = body();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        }

        if (context is null)
        {
            Guarded();
        }
        else
        {
            ExecutionContext.Run(context, _ => Guarded(), null);
        }

        if (failure is null)
        {
            outcome.SetResult(result);
        }
        else
        {
            outcome.SetException(failure);
        }

        _gate.Release();
    }
}
