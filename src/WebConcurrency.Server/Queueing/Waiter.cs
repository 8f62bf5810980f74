using System.Diagnostics;

namespace WebConcurrency.Server.Queueing;

/// <summary>One who waits at a <see cref="FifoGate"/>, blocking its thread or awaiting.</summary>
/// <param name="isAsync">Whether it awaits.</param>
/// <param name="ticket">Its place among all who wait at gates that share permits.</param>
/// <param name="since">When it came, on the gate's clock.</param>
internal sealed class Waiter(bool isAsync, long ticket, long since)
{
    private WaiterState _state;

    public long Ticket => ticket;

    public long Since => since;

    /// <summary>Set, for an async waiter, with the decision.</summary>
    public TaskCompletionSource? Decided { get; } = isAsync ? new(TaskCreationOptions.RunContinuationsAsynchronously) : null;

    public LinkedListNode<Waiter>? Node { get; set; }

    public WaiterState State
    {
        get
        {
            lock (this)
            {
                return _state;
            }
        }
    }

    /// <summary>Called once, under the gate's lock, together with the removal from the queue: whoever finds the waiter removed finds its state.</summary>
    public void Decide(WaiterState state)
    {
        lock (this)
        {
            _state = state;
            Monitor.Pulse(this);
        }

        Decided?.SetResult();
    }

    /// <summary>Blocks until the decision.</summary>
    /// <returns>Whether it came in time.</returns>
    public bool Block(TimeSpan limit)
    {
        var started = Stopwatch.GetTimestamp();
        lock (this)
        {
            while (_state == WaiterState.Waiting)
            {
                var left = limit == Timeout.InfiniteTimeSpan ? limit : limit - Stopwatch.GetElapsedTime(started);
                if (limit != Timeout.InfiniteTimeSpan && left <= TimeSpan.Zero)
                {
                    return false;
                }

                Monitor.Wait(this, left);
            }

            return true;
        }
    }
}
