using WebConcurrency.Recording;

namespace WebConcurrency.Ledger;

/// <summary>
/// The account of who works when. Two running integrals, request-ticks of work and ticks in which anybody worked, let a wait know in O(1) what
/// others did during it: read them when it begins and when it ends. Thread-safe; every member holds one lock for well under a microsecond.
/// </summary>
internal sealed class RequestTimeline : ITimeline
{
    private readonly TimeProvider _time;
    private readonly int _pendingLimit;
    private readonly Action<Exception> _fault;

    // Guards everything below; taken after a recorder's own lock, never before.
    private readonly Lock _lock = new();
    private readonly List<WorkStretch> _workers = [];
    private readonly WorkStretch[] _log;
    private long _logPosition;
    private long _now;
    private long _work;
    private long _covered;
    private long _sequence;
    private int _live;
    private int _queued;
    private int _leftover;
    private long _dropped;
    private List<RequestRecorder> _pending = [];

    public RequestTimeline(TimeProvider time, RequestConcurrencyOptions options, Action<Exception> fault)
    {
        _time = time;
        _pendingLimit = options.PendingRecords;
        _fault = fault;
        _log = new WorkStretch[options.WorkKept];
        WorkIsDeclared = options.WorkIsDeclared;
        _now = time.GetTimestamp();
    }

    public bool WorkIsDeclared { get; }

    /// <summary>Called outside of the lock after a recorder has closed.</summary>
    public Action? RecordPending { get; set; }

    public LiveCounts Counts
    {
        get
        {
            lock (_lock)
            {
                return new LiveCounts(_live - _queued, _queued, _leftover, _sequence, _dropped);
            }
        }
    }

    public TimeSpan Length(long ticks) => _time.GetElapsedTime(0, ticks);

    public long Now()
    {
        lock (_lock)
        {
            return Advance();
        }
    }

    public TimelineReading Open()
    {
        lock (_lock)
        {
            _live++;
            return Read(Advance());
        }
    }

    public TimelineReading Turn(RequestRecorder recorder, in PhaseTurn turn)
    {
        lock (_lock)
        {
            return Apply(recorder, turn);
        }
    }

    public TimelineReading Close(RequestRecorder recorder, in PhaseTurn turn, bool threadStillWorks, bool keep)
    {
        TimelineReading reading;
        lock (_lock)
        {
            reading = Apply(recorder, turn);
            _live--;
            _leftover += threadStillWorks ? 1 : 0;
            if (!keep)
            {
                return reading;
            }

            recorder.Sequence = ++_sequence;
            if (_pending.Count < _pendingLimit)
            {
                _pending.Add(recorder);
            }
            else
            {
                _dropped++;
            }
        }

        RecordPending?.Invoke();
        return reading;
    }

    public void LeftoverEnded()
    {
        lock (_lock)
        {
            _leftover--;
        }
    }

    public void Fault(Exception exception) => _fault(exception);

    /// <summary>How many recorders have closed and are not yet records.</summary>
    public int Pending
    {
        get
        {
            lock (_lock)
            {
                return _pending.Count;
            }
        }
    }

    /// <summary>Takes all recorders that have closed since the last call, in order of sequence, and leaves the given empty list in their place.</summary>
    public List<RequestRecorder> TakePending(List<RequestRecorder> empty)
    {
        lock (_lock)
        {
            var taken = _pending;
            _pending = empty;
            return taken;
        }
    }

    /// <summary>Copies those who work at this instant.</summary>
    /// <returns>How many stretches of work had ended by this instant.</returns>
    public long CopyWorkers(List<WorkStretch> workers)
    {
        workers.Clear();
        lock (_lock)
        {
            workers.AddRange(_workers);
            return _logPosition;
        }
    }

    /// <summary>Copies stretches of work that have ended, in the order of their ends.</summary>
    /// <param name="position">The first one; all that are wanted must have ended.</param>
    /// <param name="buffer">As many as fit in here.</param>
    /// <returns>Whether they were still kept.</returns>
    public bool TryCopyWork(long position, Span<WorkStretch> buffer)
    {
        lock (_lock)
        {
            if (_logPosition - position > _log.Length)
            {
                return false;
            }

            var start = (int)(position % _log.Length);
            var first = Math.Min(buffer.Length, _log.Length - start);
            _log.AsSpan(start, first).CopyTo(buffer);
            _log.AsSpan(0, buffer.Length - first).CopyTo(buffer[first..]);
            return true;
        }
    }

    private TimelineReading Apply(RequestRecorder recorder, in PhaseTurn turn)
    {
        var now = Advance();
        if (turn.Left == PhaseKind.Work)
        {
            StopWork(recorder, turn, now);
        }
        else if (RequestRecorder.IsQueue(turn.Left))
        {
            _queued--;
        }

        if (turn.Entered == PhaseKind.Work)
        {
            recorder.Identity.WorkerSlot = _workers.Count;
            _workers.Add(new WorkStretch(recorder.Identity, now, long.MaxValue, turn.EnteredThread, recorder.Identity.LastStretch));
        }
        else if (RequestRecorder.IsQueue(turn.Entered))
        {
            _queued++;
        }

        return Read(now);
    }

    private void StopWork(RequestRecorder recorder, in PhaseTurn turn, long now)
    {
        // The last worker moves into the freed slot.
        var slot = recorder.Identity.WorkerSlot;
        var last = _workers[^1];
        _workers[slot] = last;
        last.Who.WorkerSlot = slot;
        _workers.RemoveAt(_workers.Count - 1);
        recorder.Identity.WorkerSlot = -1;

        if (now > turn.LeftSince)
        {
            var who = recorder.Identity;
            _log[_logPosition % _log.Length] = new WorkStretch(who, turn.LeftSince, now, turn.LeftThread, who.LastStretch);
            who.LastStretch = _logPosition++;
        }
    }

    private long Advance()
    {
        // Cores may disagree by a few ticks; the account must not run backwards.
        var now = Math.Max(_now, _time.GetTimestamp());
        var elapsed = now - _now;
        _work += elapsed * _workers.Count;
        _covered += _workers.Count > 0 ? elapsed : 0;
        _now = now;
        return now;
    }

    private TimelineReading Read(long now) => new(now, _work, _covered, _logPosition);
}
