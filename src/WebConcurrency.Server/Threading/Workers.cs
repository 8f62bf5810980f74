using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace WebConcurrency.Server.Threading;

/// <summary>Threads that were started together, and what they come to. Whoever waits for them is woken by the last of them and by nobody else. Thread-safe.</summary>
/// <param name="count">How many.</param>
/// <param name="outside">An execution context that is no request's.</param>
internal sealed class Workers<T>(int count, ExecutionContext outside)
{
    private readonly T[] _results = new T[count];
    private readonly Exception?[] _failures = new Exception?[count];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guarded by itself.
    private readonly StrongBox<int> _running = new(count);

    /// <summary>Blocks until all have ended. The caller's thread leaves its request meanwhile: it neither works nor waits for anything outside the request.</summary>
    /// <returns>The results, in the order of the threads' numbers; the first failure is thrown.</returns>
    public T[] Join()
    {
        ExecutionContext.Run(outside, static workers => ((Workers<T>)workers!).Block(), this);
        return Results();
    }

    /// <summary>Awaits the end of all.</summary>
    /// <inheritdoc cref="Join"/>
    public async Task<T[]> JoinAsync()
    {
        await _ended.Task;
        return Results();
    }

    public void Ended(int number, T result)
    {
        _results[number] = result;
        OneEnded();
    }

    public void Failed(int number, Exception failure)
    {
        _failures[number] = failure;
        OneEnded();
    }

    private void OneEnded()
    {
        lock (_running)
        {
            if (--_running.Value > 0)
            {
                return;
            }

            Monitor.PulseAll(_running);
        }

        _ended.SetResult();
    }

    private void Block()
    {
        lock (_running)
        {
            while (_running.Value > 0)
            {
                Monitor.Wait(_running);
            }
        }
    }

    private T[] Results()
    {
        if (Array.Find(_failures, failure => failure is not null) is { } first)
        {
            ExceptionDispatchInfo.Throw(first);
        }

        return _results;
    }
}
