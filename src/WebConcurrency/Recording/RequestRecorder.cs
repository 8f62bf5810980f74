namespace WebConcurrency.Recording;

/// <summary>
/// Follows one request while it runs: which thread it is on, what it waits for, how much others work meanwhile. Thread-safe; no member throws
/// once the recorder exists. After the response it ignores everything that it is still told.
/// </summary>
/// <remarks>
/// At each instant the request is in one <see cref="PhaseKind"/>, derived from what is open: the highest open wait; else work, if it is on a
/// thread; else nothing that is known. So its phases exclude each other and add up by construction.
/// </remarks>
public sealed class RequestRecorder
{
    /// <summary>Phases kept for one request. Beyond that the times stay exact and the list of phases ends.</summary>
    public const int MaxPhases = 2_048;

    /// <summary>Different threads kept for one request.</summary>
    public const int MaxThreads = 64;

    private readonly ITimeline _timeline;
    private readonly IMomentObserver? _moments;
    private readonly long _started;

    // All mutable state is guarded by a lock on _phases, which nobody else sees until the recorder is closed and stops changing.
    private readonly List<Phase> _phases = new(4);
    private readonly List<ThreadIdentity> _visited = new(1);
    private readonly List<ThreadIdentity> _onThreads = new(1);
    private PhaseTotals _openWaits;
    private PhaseTotals _spent;
    private PhaseKind _kind;
    private long _since;
    private ThreadIdentity _thread;
    private ThreadIdentity _lastVisited;
    private bool _threadLetGo;
    private int _openWork;
    private bool _worked;
    private bool _threadTold;
    private bool _closed;
    private long _waitBegan;
    private TimelineReading _ioWaitBegan;
    private long _firstIoWaitPosition = -1;
    private long _covered;
    private long _othersWork;
    private int _hops;
    private bool _phasesLeftOut;
    private int _status;
    private long _finished;

    internal RequestRecorder(ITimeline timeline, IMomentObserver? moments, long id, string method, DateTimeOffset startedAt)
    {
        _timeline = timeline;
        _moments = moments;
        Identity = new RequestIdentity(id);
        Method = method;
        StartedAt = startedAt;
        _since = _started = timeline.Open().Now;
    }

    /// <summary>The recorder of the request that the caller is part of; <see langword="null"/> outside of a recorded request.</summary>
    public static RequestRecorder? Current => AmbientRecorder.Current?.Recorder;

    /// <summary>The request's number, given at its start; the first is 1.</summary>
    public long Id => Identity.Id;

    /// <summary>The HTTP method, or <c>_OTHER</c> for one that is not in the standards.</summary>
    public string Method { get; }

    /// <summary>The wall clock at the start. A label: no duration is computed from it.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>Who gave the request its thread; set by <see cref="Label"/>.</summary>
    public string? Strategy => Identity.Strategy;

    /// <summary>What the request did; set by <see cref="Label"/>.</summary>
    public string? Workload { get; private set; }

    /// <summary>What is kept of it in the work log.</summary>
    internal RequestIdentity Identity { get; }

    /// <summary>Place in the order of finishing, given by the ledger when the recorder closes.</summary>
    internal long Sequence { get; set; }

    /// <summary>
    /// The threads that the request was on, each once, in the order of the first visit. In an application that declares its work: those of the work.
    /// </summary>
    public IReadOnlyList<ThreadIdentity> Threads
    {
        get
        {
            lock (_phases)
            {
                return [.. _visited];
            }
        }
    }

    /// <summary>Says, for the record, who runs the request and what it does. Both are labels of metrics: pass only names from a fixed set.</summary>
    public void Label(string strategy, string? workload)
    {
        Identity.Strategy = strategy;
        Workload = workload;
    }

    /// <summary>How the time was spent so far.</summary>
    public RequestTimes Times()
    {
        lock (_phases)
        {
            var now = _closed ? _finished : _timeline.Now();
            var spent = _spent;
            spent[(int)_kind] += now - _since;
            return new RequestTimes(
                _timeline.Length(now - _started),
                _timeline.Length(spent[(int)PhaseKind.Queue] + spent[(int)PhaseKind.ThreadStart]),
                _timeline.Length(spent[(int)PhaseKind.ThreadStart]),
                _timeline.Length(spent[(int)PhaseKind.Connection]),
                _timeline.Length(spent[(int)PhaseKind.Database]),
                _timeline.Length(spent[(int)PhaseKind.Io]),
                _timeline.Length(spent[(int)PhaseKind.Gil]),
                _timeline.Length(spent[(int)PhaseKind.Work]));
        }
    }

    /// <summary>Begins a wait: until it is disposed the request's own code cannot go on. Waits may nest; the time counts once.</summary>
    public WaitScope Wait(WaitKind kind)
    {
        try
        {
            if (_moments is not null && !IsQueue((PhaseKind)kind) && !IsWaiting())
            {
                _moments.BeganToWait(this, kind);
            }

            lock (_phases)
            {
                if (_closed)
                {
                    return default;
                }

                _openWaits[(int)kind]++;
                Turn(ThreadIdentity.Current);
            }

            return new WaitScope(this, kind);
        }
        catch (Exception exception)
        {
            _timeline.Fault(exception);
            return default;
        }
    }

    /// <summary>
    /// Begins the request's work on the calling thread, in an application that declares its work
    /// (<see cref="RequestConcurrencyOptions.WorkIsDeclared"/>); elsewhere all time on a thread is work and this only names the thread.
    /// </summary>
    public WorkScope Work()
    {
        try
        {
            lock (_phases)
            {
                if (_closed)
                {
                    return default;
                }

                if (_timeline.WorkIsDeclared && !_worked)
                {
                    // The threads that brought the request here are not those that work for it.
                    _visited.Clear();
                    _hops = 0;
                }

                _worked = true;
                _openWork++;
            }

            // From here on the context that flows is the work's: the pipeline's own, which goes on when nobody waits for the work any more, is not.
            var around = AmbientRecorder.Current;
            if (_timeline.WorkIsDeclared)
            {
                AmbientRecorder.Current = new RequestFlow(this, IsWork: true);
            }

            TellThread();
            return new WorkScope(this, around);
        }
        catch (Exception exception)
        {
            _timeline.Fault(exception);
            return default;
        }
    }

    internal void EndWait(WaitKind kind)
    {
        try
        {
            TimeSpan waited;
            bool goesOn;
            lock (_phases)
            {
                if (_closed)
                {
                    return;
                }

                _openWaits[(int)kind]--;
                Turn(ThreadIdentity.Current);
                goesOn = !IsWait(_kind);
                waited = _timeline.Length(_since - _waitBegan);
            }

            if (IsQueue((PhaseKind)kind))
            {
                TellThread();
            }
            else if (goesOn)
            {
                _moments?.WentOn(this, kind, waited);
            }
        }
        catch (Exception exception)
        {
            _timeline.Fault(exception);
        }
    }

    internal void EndWork(RequestFlow? around)
    {
        try
        {
            if (_timeline.WorkIsDeclared)
            {
                AmbientRecorder.Current = around;
            }

            lock (_phases)
            {
                _openWork--;
                if (_closed)
                {
                    if (_openWork == 0)
                    {
                        _timeline.LeftoverEnded();
                    }

                    return;
                }
            }

            _moments?.Done(this);
        }
        catch (Exception exception)
        {
            _timeline.Fault(exception);
        }
    }

    /// <summary>The request's execution context came onto a thread.</summary>
    internal void Enter(ThreadIdentity thread, bool isWork)
    {
        try
        {
            lock (_phases)
            {
                if (_closed)
                {
                    return;
                }

                if (!IsCounted(isWork))
                {
                    if (!_worked)
                    {
                        Visit(thread);
                    }

                    return;
                }

                _onThreads.Add(thread);
                Visit(thread);
                Turn(thread);
            }
        }
        catch (Exception exception)
        {
            _timeline.Fault(exception);
        }
    }

    /// <summary>The request's execution context left a thread.</summary>
    internal void Leave(ThreadIdentity thread, bool isWork)
    {
        try
        {
            lock (_phases)
            {
                if (_closed || !IsCounted(isWork))
                {
                    return;
                }

                _onThreads.Remove(thread);
                _threadLetGo |= thread == _thread;
                Turn(_onThreads.Count > 0 ? _onThreads[^1] : thread);
            }
        }
        catch (Exception exception)
        {
            _timeline.Fault(exception);
        }
    }

    /// <summary>The response is complete: the record can be made. Later calls do nothing.</summary>
    internal void Close(int status) => Close(status, keep: true);

    /// <summary>The request turned out to be one that only looks, or stays open: it ends here, without a record.</summary>
    internal void Withdraw() => Close(0, keep: false);

    private void Close(int status, bool keep)
    {
        try
        {
            lock (_phases)
            {
                if (_closed)
                {
                    return;
                }

                _status = status;
                var turn = new PhaseTurn(_kind, _since, _thread, PhaseKind.Unexplained, default);
                var reading = _timeline.Close(this, turn, threadStillWorks: _openWork > 0, keep);
                Enter(PhaseKind.Unexplained, default, reading);
                _finished = reading.Now;
                _closed = true;
            }
        }
        catch (Exception exception)
        {
            _timeline.Fault(exception);
        }
    }

    /// <summary>What became of the request; call once it has closed.</summary>
    internal RequestRecord ToRecord()
    {
        lock (_phases)
        {
            return new RequestRecord
            {
                Id = Id,
                Sequence = Sequence,
                Method = Method,
                Route = Identity.Route ?? "(none)",
                Status = _status,
                Strategy = Strategy,
                Workload = Workload,
                StartedAt = StartedAt,
                Threads = [.. _visited],
                Hops = _hops,
                Started = _started,
                Finished = _finished,
                Times = Times(),
                WorkIsKnown = _worked || !_timeline.WorkIsDeclared,
                Covered = _timeline.Length(_covered),
                OthersWork = _timeline.Length(_othersWork),
                Phases = [.. _phases],
                PhasesLeftOut = _phasesLeftOut,
                FirstIoWaitPosition = _firstIoWaitPosition,
            };
        }
    }

    /// <summary>Whether being on a thread in such a flow is work.</summary>
    private bool IsCounted(bool isWork) => isWork || !_timeline.WorkIsDeclared;

    private PhaseKind CurrentKind()
    {
        for (var kind = PhaseTotals.Length - 1; kind >= (int)PhaseKind.Queue; kind--)
        {
            if (_openWaits[kind] > 0)
            {
                return (PhaseKind)kind;
            }
        }

        return _onThreads.Count > 0 ? PhaseKind.Work : PhaseKind.Unexplained;
    }

    private void Turn(ThreadIdentity thread)
    {
        var kind = CurrentKind();

        // Work that goes on elsewhere after its thread was left (two of the request's threads ran at once) is a new phase on the other thread.
        if (kind == _kind && !(kind == PhaseKind.Work && _threadLetGo))
        {
            return;
        }

        Enter(kind, thread, _timeline.Turn(this, new PhaseTurn(_kind, _since, _thread, kind, thread)));
    }

    private void Enter(PhaseKind kind, ThreadIdentity thread, TimelineReading reading)
    {
        var length = reading.Now - _since;
        _spent[(int)_kind] += length;
        if (length > 0 && _kind != PhaseKind.Unexplained)
        {
            AddPhase(reading.Now);
        }

        var wasIoWait = IsIoWait(_kind);
        if (wasIoWait && !IsIoWait(kind))
        {
            // A waiting request does not work, so all that the integrals grew by is others'.
            _covered += reading.Covered - _ioWaitBegan.Covered;
            _othersWork += reading.Work - _ioWaitBegan.Work;
        }
        else if (!wasIoWait && IsIoWait(kind))
        {
            _ioWaitBegan = reading;
            if (_firstIoWaitPosition < 0)
            {
                _firstIoWaitPosition = reading.WorkLogPosition;
            }
        }

        if (IsWait(kind) && !IsWait(_kind))
        {
            _waitBegan = reading.Now;
        }

        _kind = kind;
        _since = reading.Now;
        _thread = thread;
        _threadLetGo = false;
    }

    private void AddPhase(long end)
    {
        if (_phases.Count == MaxPhases)
        {
            _phasesLeftOut = true;
            return;
        }

        var held = _kind == PhaseKind.Work || (!IsQueue(_kind) && !_threadLetGo);
        _phases.Add(new Phase(_kind, _since, end, held ? _thread : null));
    }

    private void Visit(ThreadIdentity thread)
    {
        if (_visited.Count > 0 && thread != _lastVisited)
        {
            _hops++;
        }

        _lastVisited = thread;
        if (_visited.Count < MaxThreads && !_visited.Contains(thread))
        {
            _visited.Add(thread);
        }
    }

    /// <summary>Work may begin before the queue's end is stamped, so that no time is lost between them; it is told once, when both have come.</summary>
    private void TellThread()
    {
        if (_moments is null)
        {
            return;
        }

        lock (_phases)
        {
            if (_threadTold || _kind != PhaseKind.Work)
            {
                return;
            }

            _threadTold = true;
        }

        _moments.GotThread(this);
    }

    private bool IsWaiting()
    {
        lock (_phases)
        {
            return IsWait(_kind);
        }
    }

    /// <summary>The request has no thread yet.</summary>
    internal static bool IsQueue(PhaseKind kind) => kind is PhaseKind.Queue or PhaseKind.ThreadStart;

    private static bool IsWait(PhaseKind kind) => kind >= PhaseKind.Queue;

    /// <summary>The waits during which others' work is counted.</summary>
    internal static bool IsIoWait(PhaseKind kind) => kind is PhaseKind.Database or PhaseKind.Io;
}
