using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace WebConcurrency.Server.Queueing;

/// <summary>
/// A limited number of permits, given in order of arrival to blocking and async callers alike. A freed permit goes straight to the first
/// waiter, so that nobody who comes later can take it. Thread-safe.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A timer that is not set holds nothing, and it is set only while somebody waits.")]
internal sealed class FifoGate
{
    /// <summary>
    /// As many as came at once leave at once when their time is over, and each costs the thread pool an answer: thousands in a row would keep everybody
    /// else from it for as long as they take.
    /// </summary>
    private const int EndedAtOnce = 16;

    private readonly string _name;
    private readonly int _maxWaiting;
    private readonly TimeSpan _maxWait;
    private readonly TimeProvider _time;

    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiting = [];
    private int _free;

    // For async waiters. One is enough: all wait equally long, so the first to come is the first whose time is over.
    private readonly ITimer? _timer;
    private bool _timerIsSet;

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
        _timer = maxWait == Timeout.InfiniteTimeSpan
            ? null
            : time.CreateTimer(static gate => ((FifoGate)gate!).EndOverdue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
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
        if (!TryQueue(isAsync: false, out var waiter))
        {
            throw Full();
        }

        if (waiter is null)
        {
            return;
        }

        using var registration = cancellationToken.UnsafeRegister(_ => Withdraw(waiter, WaiterState.Cancelled), null);
        if (!waiter.Block(_maxWait))
        {
            Withdraw(waiter, WaiterState.TimedOut);
        }

        if (Refusal(waiter.State, cancellationToken) is { } refusal)
        {
            throw refusal;
        }
    }

    /// <summary>Takes a permit, awaiting it. The thread pool runs its time limit and what comes after it: where that starves, both come late.</summary>
    /// <inheritdoc cref="Enter"/>
    public async ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        if (await TryEnterAsync(cancellationToken) is { } refusal)
        {
            throw refusal;
        }
    }

    /// <summary>The same for whoever is refused often: an exception thrown through one async method after another costs more than all the rest.</summary>
    /// <returns>Why there is no permit; <see langword="null"/>: it is the caller's.</returns>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public async ValueTask<TurnedAwayException?> TryEnterAsync(CancellationToken cancellationToken)
    {
        if (!TryQueue(isAsync: true, out var waiter))
        {
            return Full();
        }

        if (waiter is null)
        {
            return null;
        }

        await using var registration = cancellationToken.UnsafeRegister(_ => Withdraw(waiter, WaiterState.Cancelled), null);
        await waiter.Decided!.Task;
        return Refusal(waiter.State, cancellationToken);
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

    /// <param name="isAsync">Whether the caller awaits.</param>
    /// <param name="waiter">Its place in the queue; <see langword="null"/>: it needs none and has a permit.</param>
    /// <returns>Whether there was room.</returns>
    private bool TryQueue(bool isAsync, out Waiter? waiter)
    {
        waiter = null;
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                return true;
            }

            if (_waiting.Count >= _maxWaiting)
            {
                return false;
            }

            waiter = new Waiter(isAsync, _time.GetTimestamp());
            waiter.Node = _waiting.AddLast(waiter);
            if (isAsync && !_timerIsSet)
            {
                SetTimer(_maxWait);
            }

            return true;
        }
    }

    private void SetTimer(TimeSpan due)
    {
        // Its resolution is a millisecond, rounded down: too early is no time limit, and too early over and over is a busy loop.
        _timerIsSet = _timer?.Change(TimeSpan.FromMilliseconds(Math.Ceiling(due.TotalMilliseconds)), Timeout.InfiniteTimeSpan) ?? false;
    }

    private void EndOverdue()
    {
        lock (_lock)
        {
            _timerIsSet = false;
            for (var ended = 0; _waiting.First is { } first; ended++)
            {
                var left = _maxWait - _time.GetElapsedTime(first.Value.Since);
                if (left > TimeSpan.Zero)
                {
                    SetTimer(left);
                    return;
                }

                if (ended == EndedAtOnce)
                {
                    // Behind whoever wants the thread pool now.
                    _timerIsSet = true;
                    ThreadPool.UnsafeQueueUserWorkItem(static gate => gate.EndOverdue(), this, preferLocal: false);
                    return;
                }

                _waiting.Remove(first);
                first.Value.Decide(WaiterState.TimedOut);
            }
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

    private QueueFullException Full() => new(_name, Permits, _maxWaiting);

    private QueueTimeoutException? Refusal(WaiterState state, CancellationToken cancellationToken) => state switch
    {
        WaiterState.TimedOut => new QueueTimeoutException(_name, _maxWait),
        WaiterState.Cancelled => throw new OperationCanceledException(cancellationToken),
        _ => null,
    };

    private enum WaiterState
    {
        Waiting,
        Granted,
        TimedOut,
        Cancelled,
    }

    private sealed class Waiter(bool isAsync, long since)
    {
        private WaiterState _state;

        /// <summary>When it came, on the gate's clock.</summary>
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
}
