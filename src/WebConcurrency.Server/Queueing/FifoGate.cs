using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace WebConcurrency.Server.Queueing;

/// <summary>
/// A limited number of permits, given in order of arrival to blocking and async callers alike. A freed permit goes straight to the first
/// waiter, so that nobody who comes later can take it. Gates may share further permits among them. Thread-safe.
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

    // Guarded, as the timer is, by the lock of the shared permits.
    private readonly SharedPermits _shared;
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
    /// <param name="shared">What is limited together with what other gates limit; <see langword="null"/>: nothing.</param>
    public FifoGate(string name, int permits, int maxWaiting, TimeSpan maxWait, TimeProvider time, SharedPermits? shared = null)
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
        _shared = shared ?? new SharedPermits(permits);
        _shared.Add(this);
    }

    public int Permits { get; }

    public int InUse
    {
        get
        {
            lock (_shared.Lock)
            {
                return Permits - _free;
            }
        }
    }

    public int Waiting
    {
        get
        {
            lock (_shared.Lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>
    /// For the shared permits, under their lock: the place of the first in the queue among those at all their gates; <see langword="null"/> when nobody
    /// here could take one.
    /// </summary>
    internal long? FirstTicket => _free > 0 ? _waiting.First?.Value.Ticket : null;

    /// <summary>Since when the first in the queue waits, on the gate's clock; <see langword="null"/> when nobody does.</summary>
    public long? WaitingSince
    {
        get
        {
            lock (_shared.Lock)
            {
                return _waiting.First?.Value.Since;
            }
        }
    }

    /// <summary>Takes a permit, or so many, if they are free; they are free only while nobody waits for them.</summary>
    public bool TryEnter(int count = 1)
    {
        lock (_shared.Lock)
        {
            return TryTake(count);
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
        lock (_shared.Lock)
        {
            Debug.Assert(_free < Permits, "a permit was released twice");
            _free++;
            _shared.Free++;
            _shared.Grant();
        }
    }

    /// <summary>For the shared permits, under their lock: gives a free one to the first in the queue.</summary>
    internal void GrantFirst()
    {
        var first = _waiting.First!;
        _waiting.Remove(first);
        TryTake(1);
        first.Value.Decide(WaiterState.Granted);
    }

    private bool TryTake(int count)
    {
        if (_free < count || _shared.Free < count)
        {
            return false;
        }

        _free -= count;
        _shared.Free -= count;
        return true;
    }

    /// <param name="isAsync">Whether the caller awaits.</param>
    /// <param name="waiter">Its place in the queue; <see langword="null"/>: it needs none and has a permit.</param>
    /// <returns>Whether there was room.</returns>
    private bool TryQueue(bool isAsync, out Waiter? waiter)
    {
        waiter = null;
        lock (_shared.Lock)
        {
            if (TryTake(1))
            {
                return true;
            }

            if (_waiting.Count >= _maxWaiting)
            {
                return false;
            }

            waiter = new Waiter(isAsync, _shared.NextTicket(), _time.GetTimestamp());
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
        lock (_shared.Lock)
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
        lock (_shared.Lock)
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
}
