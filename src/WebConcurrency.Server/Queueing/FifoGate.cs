using System.Diagnostics;

namespace WebConcurrency.Server.Queueing;

/// <summary>
/// A limited number of permits, given in order of arrival to blocking and async callers alike. A freed permit goes straight to the first
/// waiter, so that nobody who comes later can take it. Thread-safe.
/// </summary>
internal sealed class FifoGate
{
    private readonly string _name;
    private readonly int _maxWaiting;
    private readonly TimeSpan _maxWait;
    private readonly TimeProvider _time;

    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiting = [];
    private int _free;

    /// <param name="name">What is limited, for messages.</param>
    /// <param name="permits">How many may be inside at once.</param>
    /// <param name="maxWaiting">How many may wait; the next one is refused.</param>
    /// <param name="maxWait">How long one may wait; <see cref="Timeout.InfiniteTimeSpan"/> leaves it to the cancellation.</param>
    /// <param name="time">The clock of async waits. A blocking wait is timed by the system: it must end even when the thread pool runs no timer.</param>
    public FifoGate(string name, int permits, int maxWaiting, TimeSpan maxWait, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(permits, 1);
        _name = name;
        Permits = _free = permits;
        _maxWaiting = maxWaiting;
        _maxWait = maxWait;
        _time = time;
    }

    public int Permits { get; }

    public int InUse
    {
        get
        {
            lock (_lock)
            {
                return Permits - _free;
            }
        }
    }

    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Takes a permit if one is free; one is free only while nobody waits.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_free == 0)
            {
                return false;
            }

            _free--;
            return true;
        }
    }

    /// <summary>Takes a permit, blocking the calling thread until it is given.</summary>
    /// <exception cref="QueueFullException">Too many wait already.</exception>
    /// <exception cref="QueueTimeoutException">The time limit has passed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public void Enter(CancellationToken cancellationToken)
    {
        if (Queue(isAsync: false) is not { } waiter)
        {
            return;
        }

        using var registration = cancellationToken.UnsafeRegister(_ => Withdraw(waiter, WaiterState.Cancelled), null);
        if (!waiter.Block(_maxWait))
        {
            Withdraw(waiter, WaiterState.TimedOut);
        }

        ThrowUnlessGranted(waiter.State, cancellationToken);
    }

    /// <summary>Takes a permit, awaiting it. The thread pool runs its time limit and what comes after it: where that starves, both come late.</summary>
    /// <inheritdoc cref="Enter"/>
    public async ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        if (Queue(isAsync: true) is not { } waiter)
        {
            return;
        }

        await using var registration = cancellationToken.UnsafeRegister(_ => Withdraw(waiter, WaiterState.Cancelled), null);
        await using var timer = _maxWait == Timeout.InfiniteTimeSpan
            ? null
            : _time.CreateTimer(_ => Withdraw(waiter, WaiterState.TimedOut), null, _maxWait, Timeout.InfiniteTimeSpan);
        await waiter.Decided!.Task;
        ThrowUnlessGranted(waiter.State, cancellationToken);
    }

    /// <summary>Gives a permit back. Each one once.</summary>
    public void Release()
    {
        lock (_lock)
        {
            if (_waiting.First is { } first)
            {
                _waiting.Remove(first);
                first.Value.Decide(WaiterState.Granted);
            }
            else
            {
                Debug.Assert(_free < Permits, "a permit was released twice");
                _free++;
            }
        }
    }

    private Waiter? Queue(bool isAsync)
    {
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                return null;
            }

            if (_waiting.Count >= _maxWaiting)
            {
                throw new QueueFullException(_name, Permits, _maxWaiting);
            }

            var waiter = new Waiter(isAsync);
            waiter.Node = _waiting.AddLast(waiter);
            return waiter;
        }
    }

    private void Withdraw(Waiter waiter, WaiterState why)
    {
        lock (_lock)
        {
            if (waiter.Node!.List is null)
            {
                // Decided already; a permit that was granted is used, whatever else happened at the same time.
                return;
            }

            _waiting.Remove(waiter.Node);
            waiter.Decide(why);
        }
    }

    private void ThrowUnlessGranted(WaiterState state, CancellationToken cancellationToken)
    {
        switch (state)
        {
            case WaiterState.TimedOut:
                throw new QueueTimeoutException(_name, _maxWait);
            case WaiterState.Cancelled:
                throw new OperationCanceledException(cancellationToken);
        }
    }

    private enum WaiterState
    {
        Waiting,
        Granted,
        TimedOut,
        Cancelled,
    }

    private sealed class Waiter(bool isAsync)
    {
        private WaiterState _state;

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
}
