using System.Diagnostics;

namespace WebConcurrency.Server.Queueing;

/// <summary>
/// A limited number of permits, given in order of arrival to blocking and async callers alike. A freed permit goes straight to the first
/// waiter, so that nobody who comes later can take it. Gates may share further permits among them. Thread-safe.
/// </summary>
internal sealed class FifoGate
{
    private readonly string _name;
    private readonly int _maxWaiting;
    private readonly TimeSpan _maxWait;
    private readonly TimeProvider _time;

    // Guarded by the lock of the shared permits.
    private readonly SharedPermits _shared;
    private readonly LinkedList<Waiter> _waiting = [];
    private int _free;

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

    /// <summary>Since when the first in the queue waits, a timestamp of the gate's clock; <see langword="null"/> when nobody does.</summary>
    public long? WaitingSince
    {
        get
        {
            lock (_shared.Lock)
            {
                return _waiting.First?.Value.Arrived;
            }
        }
    }

    /// <summary>
    /// For the shared permits, under their lock: the place of the first in the queue among those at all their gates; <see langword="null"/> when nobody
    /// here could take one.
    /// </summary>
    internal long? FirstTicket => _free > 0 ? _waiting.First?.Value.Ticket : null;

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

    private Waiter? Queue(bool isAsync)
    {
        lock (_shared.Lock)
        {
            if (TryTake(1))
            {
                return null;
            }

            if (_waiting.Count >= _maxWaiting)
            {
                throw new QueueFullException(_name, Permits, _maxWaiting);
            }

            var waiter = new Waiter(isAsync, _time.GetTimestamp(), _shared.NextTicket());
            waiter.Node = _waiting.AddLast(waiter);
            return waiter;
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
}
