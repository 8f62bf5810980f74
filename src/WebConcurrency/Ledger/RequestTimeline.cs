using WebConcurrency.Recording;

namespace WebConcurrency.Ledger;

/// <summary>
/// The account of who works when. Two running integrals, request-ticks of work and ticks in which anybody worked, let a wait know in O(1) what
/// others did during it: read them when it begins and when it ends. Thread-safe; every member holds one lock for well under a microsecond.
/// </summary>
internal sealed class RequestTimeline : ITimeline
{
    /// <summary>Traces kept for the next requests: as many as one batch of records may give back.</summary>
    private const int MostSpare = 4_096;

    private readonly TimeProvider _time;
    private readonly int _pendingLimit;
    private readonly Action<Exception> _fault;

    // Guards everything below; taken after a recorder's own lock, never before.
    private readonly Lock _lock = new();
    private readonly Stack<RequestTrace> _spare = new();
    private readonly List<RequestTrace> _live = [];
    private readonly List<RequestTrace> _workers = [];
    private readonly RingLog<WorkStretch> _log;
    private long _now;
    private long _work;
    private long _covered;
    private long _sequence;
    private int _queued;
    private int _leftover;
    private long _dropped;
    private List<RequestTrace> _pending = [];

    public RequestTimeline(TimeProvider time, RequestConcurrencyOptions options, Action<Exception> fault)
    {
        _time = time;
        _pendingLimit = options.PendingRecords;
        _fault = fault;
        _log = new RingLog<WorkStretch>(options.WorkKept);
        WorkKept = options.WorkKept;
        WorkIsDeclared = options.WorkIsDeclared;
        _now = time.GetTimestamp();
    }

    public bool WorkIsDeclared { get; }

    /// <summary>The most stretches of work that the log holds.</summary>
    public int WorkKept { get; }

    /// <summary>Called outside of the lock after a request has closed.</summary>
    public Action? RecordPending { get; set; }

    public LiveCounts Counts
    {
        get
        {
            lock (_lock)
            {
                return new LiveCounts(_live.Count - _queued, _queued, _leftover, _sequence, _dropped);
            }
        }
    }

    public TimeSpan Length(long ticks) => _time.GetElapsedTime(0, ticks);

    public long Ticks(long nanoseconds) =>
        _time.TimestampFrequency == 1_000_000_000 ? nanoseconds : (long)(nanoseconds * (_time.TimestampFrequency / 1e9));

    public long Nanoseconds(long ticks) =>
        _time.TimestampFrequency == 1_000_000_000 ? ticks : (long)(ticks * (1e9 / _time.TimestampFrequency));

    public long Now()
    {
        lock (_lock)
        {
            return Advance();
        }
    }

    public TimelineReading Open(out RequestTrace trace)
    {
        lock (_lock)
        {
            if (!_spare.TryPop(out trace!))
            {
                trace = new RequestTrace(this);
                trace.Clear();
            }

            trace.LiveSlot = _live.Count;
            _live.Add(trace);
            return Read(Advance());
        }
    }

    public TimelineReading Turn(RequestTrace trace, in PhaseTurn turn)
    {
        lock (_lock)
        {
            return Apply(trace, turn);
        }
    }

    public void Close(RequestTrace trace, in PhaseTurn turn, bool threadStillWorks, bool keep)
    {
        lock (_lock)
        {
            trace.Finish(Apply(trace, turn));
            _live[^1].LiveSlot = trace.LiveSlot;
            _live[trace.LiveSlot] = _live[^1];
            _live.RemoveAt(_live.Count - 1);
            _leftover += threadStillWorks ? 1 : 0;
            if (!keep)
            {
                return;
            }

            trace.Sequence = ++_sequence;
            if (_pending.Count < _pendingLimit)
            {
                _pending.Add(trace);
            }
            else
            {
                _dropped++;
            }
        }

        RecordPending?.Invoke();
    }

    public void LeftoverEnded()
    {
        lock (_lock)
        {
            _leftover--;
        }
    }

    public void Fault(Exception exception) => _fault(exception);

    /// <summary>How many requests have finished so far.</summary>
    public long Finished
    {
        get
        {
            lock (_lock)
            {
                return _sequence;
            }
        }
    }

    /// <summary>Takes all requests that have closed since the last call, in order of sequence, and leaves the given empty list in their place.</summary>
    public List<RequestTrace> TakePending(List<RequestTrace> empty)
    {
        lock (_lock)
        {
            var taken = _pending;
            _pending = empty;
            return taken;
        }
    }

    /// <summary>Gives traces back whose records have been made.</summary>
    public void Return(List<RequestTrace> traces)
    {
        foreach (var trace in traces)
        {
            trace.Clear();
        }

        lock (_lock)
        {
            foreach (var trace in traces)
            {
                if (_spare.Count == MostSpare)
                {
                    break;
                }

                _spare.Push(trace);
            }
        }
    }

    /// <summary>Copies those who work at this instant.</summary>
    /// <returns>How many stretches of work had ended by this instant.</returns>
    public long CopyWorkers(List<WorkStretch> workers)
    {
        workers.Clear();
        lock (_lock)
        {
            foreach (var trace in _workers)
            {
                workers.Add(new WorkStretch(trace.Id, trace.WorkSince, long.MaxValue, trace.WorkThread, trace.LastStretch));
            }

            return _log.Position;
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
            return _log.TryCopy(position, buffer);
        }
    }

    /// <summary>The route and strategy of a request that still runs.</summary>
    public bool TryName(long id, out string? route, out string? strategy)
    {
        lock (_lock)
        {
            foreach (var trace in _live)
            {
                if (trace.Id == id)
                {
                    (route, strategy) = (trace.Route, trace.Strategy);
                    return true;
                }
            }
        }

        (route, strategy) = (null, null);
        return false;
    }

    private TimelineReading Apply(RequestTrace trace, in PhaseTurn turn)
    {
        var now = Advance();
        if (turn.Left == PhaseKind.Work)
        {
            StopWork(trace, turn, now);
        }
        else if (turn.Left.IsQueue())
        {
            _queued--;
        }

        if (turn.Entered == PhaseKind.Work)
        {
            (trace.WorkSince, trace.WorkThread, trace.WorkerSlot) = (now, turn.EnteredThread, _workers.Count);
            _workers.Add(trace);
        }
        else if (turn.Entered.IsQueue())
        {
            _queued++;
        }

        return Read(now);
    }

    private void StopWork(RequestTrace trace, in PhaseTurn turn, long now)
    {
        // The last worker moves into the freed slot.
        var last = _workers[^1];
        _workers[trace.WorkerSlot] = last;
        last.WorkerSlot = trace.WorkerSlot;
        _workers.RemoveAt(_workers.Count - 1);
        trace.WorkerSlot = -1;

        if (now > turn.LeftSince)
        {
            trace.LastStretch = _log.Add(new WorkStretch(trace.Id, turn.LeftSince, now, turn.LeftThread, trace.LastStretch));
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

    private TimelineReading Read(long now) => new(now, _work, _covered, _log.Position, _workers.Count);
}
