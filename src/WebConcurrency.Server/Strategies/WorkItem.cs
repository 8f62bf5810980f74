using WebConcurrency.Server.Threading;

namespace WebConcurrency.Server.Strategies;

/// <summary>A request's body on its way to a thread. It runs at most once, and never after it was abandoned.</summary>
internal abstract class WorkItem
{
    private const int Waiting = 0, Begun = 1, Abandoned = 2;

    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private int _state;

    /// <summary>How a thread that is made for this item is to be treated.</summary>
    public ThreadUrgency Urgency { get; init; }

    /// <summary>Called, at most once, when the item is abandoned before it began: whoever keeps it can let it go.</summary>
    public Action? LetGo { get; set; }

    /// <summary>Called when the thread that runs the item is free again, before anybody hears of the outcome.</summary>
    public Action? Freed { get; set; }

    /// <summary>Says that a thread is about to be made for this item.</summary>
    public abstract void ThreadStarting();

    /// <summary>Runs the body on the calling thread, within the request's execution context. Never throws.</summary>
    public void Run()
    {
        if (!TryBegin())
        {
            Freed?.Invoke();
            return;
        }

        try
        {
            if (_context is null)
            {
                RunBlocking();
            }
            else
            {
                ExecutionContext.Run(_context, static item => ((WorkItem)item!).RunBlocking(), this);
            }
        }
        finally
        {
            // Only here is the thread no longer the request's.
            Freed?.Invoke();
            Complete();
        }
    }

    /// <summary>Runs the body within the caller's execution context; the task ends with it and never fails.</summary>
    public async Task RunAsync()
    {
        if (!TryBegin())
        {
            return;
        }

        await RunAwaiting();
        Complete();
    }

    /// <summary>Says that nobody waits for the answer any more. An item that has not begun never will.</summary>
    public void Abandon()
    {
        if (Interlocked.CompareExchange(ref _state, Abandoned, Waiting) == Waiting)
        {
            LetGo?.Invoke();
            Drop();
        }
    }

    /// <summary>Runs the body so that it is over when this returns. Must not throw.</summary>
    protected abstract void RunBlocking();

    /// <summary>Runs the body. Must not throw.</summary>
    protected abstract Task RunAwaiting();

    /// <summary>The body is over, and so is the use of its thread.</summary>
    protected abstract void Complete();

    /// <summary>The body will never run.</summary>
    protected abstract void Drop();

    private bool TryBegin() => Interlocked.CompareExchange(ref _state, Begun, Waiting) == Waiting;
}
