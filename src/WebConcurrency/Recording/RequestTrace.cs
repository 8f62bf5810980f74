namespace WebConcurrency.Recording;

/// <summary>
/// What is known so far of a request that runs: its open waits, its threads, its phases. Not thread-safe: guarded by its recorder's lock until it is
/// closed; then it is the ledger's alone, which makes the record and uses it again.
/// </summary>
/// <remarks>
/// At each instant the request is in one <see cref="PhaseKind"/>, derived from what is open: the highest open wait; else work or the pipeline, if it is
/// on a thread; else nothing that is known. So its phases exclude each other and add up by construction.
/// </remarks>
internal sealed class RequestTrace(ITimeline timeline)
{
    /// <summary>Phases kept for one request. Beyond that the times stay exact and the list of phases ends.</summary>
    public const int MaxPhases = 2_048;

    /// <summary>Different threads kept for one request.</summary>
    public const int MaxThreads = 64;

    /// <summary>A longer list is not kept for the next request.</summary>
    private const int PhasesKeptForReuse = 64;

    private readonly List<ThreadIdentity> _visited = new(2);
    private readonly ThreadStays _stays = new(timeline);
    private Phase[] _phases = new Phase[8];
    private int _phaseCount;
    private PhaseTotals _openWaits;
    private int _namedIoWaits;
    private PhaseTotals _spent;
    private PhaseKind _kind;
    private long _since;
    private ThreadIdentity _thread;
    private ThreadIdentity _lastVisited;
    private bool _threadLetGo;
    private long _waitBegan;
    private TimelineReading _ioWaitBegan;
    private Blockers _blockers;

    public long Id { get; private set; }

    public string Method { get; private set; } = "";

    public DateTimeOffset StartedAt { get; private set; }

    public string? Route { get; set; }

    public string? Strategy { get; set; }

    public string? Workload { get; set; }

    public int Status { get; set; }

    public TimeSpan? Arrival { get; set; }

    /// <summary>The activity that waits for the record; <see langword="null"/> when nobody traces the request.</summary>
    public RequestSpan? Span { get; set; }

    /// <summary>Whether the application declared any work.</summary>
    public bool Worked { get; private set; }

    public long Started { get; private set; }

    public long Finished { get; private set; }

    /// <summary>How many stretches of work had ended when it finished.</summary>
    public long LastPosition { get; private set; }

    /// <summary>How many others worked when it finished.</summary>
    public int WorkersLeft { get; private set; }

    public int Hops { get; private set; }

    public bool PhasesLeftOut { get; private set; }

    /// <summary>Where in the work log the first I/O wait began; −1 when there was none.</summary>
    public long FirstIoWaitPosition { get; private set; }

    public long Covered { get; private set; }

    public long OthersWork { get; private set; }

    public PhaseKind Kind => _kind;

    /// <summary>Whether an I/O wait is open that the request's code has named, and not a library's span.</summary>
    public bool NamesItsIoWait => _namedIoWaits > 0;

    public ReadOnlySpan<Phase> Phases => _phases.AsSpan(0, _phaseCount);

    public IReadOnlyList<ThreadIdentity> Visited => _visited;

    public ref readonly Blockers Blockers => ref _blockers;

    public ThreadStays Stays => _stays;

    /// <summary>Place in the order of finishing. Guarded, as the next ones, by the timeline's lock.</summary>
    public long Sequence { get; set; }

    /// <summary>Where it stands among those who live now.</summary>
    public int LiveSlot { get; set; }

    /// <summary>Where it stands among those who work now; −1 when it does not.</summary>
    public int WorkerSlot { get; set; }

    public long WorkSince { get; set; }

    public ThreadIdentity WorkThread { get; set; }

    /// <summary>Where its last stretch of work stands in the log; −1 before the first.</summary>
    public long LastStretch { get; set; }

    /// <summary>Begins anew, for a request that has just been taken in.</summary>
    /// <param name="reading">Now.</param>
    /// <param name="id">Its number.</param>
    /// <param name="method">Its method.</param>
    /// <param name="startedAt">The wall clock.</param>
    /// <param name="meter">Who asks the system about its threads; <see langword="null"/>: nobody does.</param>
    public void Begin(TimelineReading reading, long id, string method, DateTimeOffset startedAt, IThreadMeter? meter)
    {
        (Id, Method, StartedAt) = (id, method, startedAt);
        _since = Started = reading.Now;
        _stays.Begin(meter);
    }

    /// <summary>Forgets everything, to be used again.</summary>
    public void Clear()
    {
        if (_phases.Length > PhasesKeptForReuse)
        {
            _phases = new Phase[8];
        }

        _visited.Clear();
        _phaseCount = 0;
        _openWaits = default;
        _namedIoWaits = 0;
        _spent = default;
        _kind = default;
        _thread = _lastVisited = default;
        _threadLetGo = Worked = PhasesLeftOut = false;
        _blockers = default;
        Route = Strategy = Workload = null;
        Arrival = null;
        Span = null;
        Status = Hops = 0;
        Covered = OthersWork = 0;
        FirstIoWaitPosition = -1;
        LastStretch = -1;
        WorkerSlot = -1;
    }

    /// <summary>A wait opens, noticed on a thread.</summary>
    public void OpenWait(WaitKind kind, ThreadIdentity thread, bool isSpan)
    {
        _stays.Read(thread);
        _openWaits[(int)kind]++;
        _namedIoWaits += IsNamed(kind, isSpan);
        Turn(thread);
    }

    /// <summary>Another request held what this one waited for.</summary>
    public void BlockedBy(long id)
    {
        if (id > 0 && id != Id)
        {
            _blockers.Add(id);
        }
    }

    /// <summary>A wait ends, noticed on a thread.</summary>
    /// <returns>How long the request has waited without a pause, if it goes on now.</returns>
    public TimeSpan? CloseWait(WaitKind kind, ThreadIdentity thread, bool isSpan)
    {
        _stays.Read(thread);
        _openWaits[(int)kind]--;
        _namedIoWaits -= IsNamed(kind, isSpan);
        Turn(thread);
        return _kind.IsWait() ? null : timeline.Length(_since - _waitBegan);
    }

    /// <summary>The application declares that it begins to work. The threads that brought the request here are not those that work for it.</summary>
    public void BeginWork()
    {
        if (timeline.WorkIsDeclared && !Worked)
        {
            _visited.Clear();
            Hops = 0;
        }

        Worked = true;
    }

    /// <summary>The request's execution context came onto a thread.</summary>
    public void Enter(ThreadIdentity thread, bool isWork)
    {
        _stays.Enter(thread, IsCounted(isWork));
        Visit(thread, isWork);
        Turn(thread);
    }

    /// <summary>The request's execution context changed between pipeline and work, on a thread where it stays.</summary>
    public void Switch(ThreadIdentity thread, bool isWork)
    {
        _stays.Switch(thread, IsCounted(isWork));
        Visit(thread, isWork);
        Turn(thread);
    }

    /// <summary>The request's execution context left a thread.</summary>
    public void Leave(ThreadIdentity thread)
    {
        _stays.Leave(thread);
        _threadLetGo |= thread == _thread;
        Turn(thread);
    }

    /// <summary>The request is over: what its threads have used until now is counted, and then the clock stops.</summary>
    public void Close(ThreadIdentity thread, bool threadStillWorks, bool keep)
    {
        _stays.Close(thread);
        timeline.Close(this, new PhaseTurn(_kind, _since, _thread, PhaseKind.Unexplained, default), threadStillWorks, keep);
    }

    /// <summary>The clock has stopped. Called by the timeline.</summary>
    public void Finish(TimelineReading reading)
    {
        Enter(PhaseKind.Unexplained, default, reading);
        (Finished, LastPosition, WorkersLeft) = (reading.Now, reading.WorkLogPosition, reading.Workers);
    }

    /// <summary>How the time was spent until an instant.</summary>
    public RequestTimes Times(long now)
    {
        var spent = _spent;
        spent[(int)_kind] += now - _since;
        return new RequestTimes
        {
            Wall = timeline.Length(now - Started),
            Queue = timeline.Length(spent[(int)PhaseKind.Queue] + spent[(int)PhaseKind.ThreadStart]
                - _stays.Computed(PhaseKind.Queue) - _stays.Computed(PhaseKind.ThreadStart)),
            ThreadStart = timeline.Length(spent[(int)PhaseKind.ThreadStart]),
            Connection = Net(PhaseKind.Connection),
            Database = Net(PhaseKind.Database),
            Io = Net(PhaseKind.Io),
            Gil = Net(PhaseKind.Gil),
            Work = timeline.Length(spent[(int)PhaseKind.Work]),
            IoWait = timeline.Length(spent[(int)PhaseKind.Database] + spent[(int)PhaseKind.Io]),
            Cpu = _stays.Cpu,
            Runnable = _stays.Runnable,
            ParallelCpu = _stays.ParallelCpu,
        };

        TimeSpan Net(PhaseKind kind) => timeline.Length(spent[(int)kind] - _stays.Computed(kind));
    }

    private static int IsNamed(WaitKind kind, bool isSpan) => !isSpan && ((PhaseKind)kind).IsIoWait() ? 1 : 0;

    /// <summary>Where the application declares its work, only that is work; elsewhere all that is done on a thread.</summary>
    private bool IsCounted(bool isWork) => isWork || !timeline.WorkIsDeclared;

    private PhaseKind CurrentKind()
    {
        for (var kind = PhaseTotals.Length - 1; kind >= (int)PhaseKind.Queue; kind--)
        {
            if (_openWaits[kind] > 0)
            {
                return (PhaseKind)kind;
            }
        }

        return _stays.Kind;
    }

    private void Turn(ThreadIdentity thread)
    {
        var kind = CurrentKind();
        if (kind.IsOnThread())
        {
            thread = _stays.Current(thread);
        }

        // Work that goes on elsewhere after its thread was left (two of the request's threads ran at once) is a new phase on the other thread.
        if (kind == _kind && !(kind.IsOnThread() && thread != _thread))
        {
            return;
        }

        Enter(kind, thread, timeline.Turn(this, new PhaseTurn(_kind, _since, _thread, kind, thread)));
    }

    private void Enter(PhaseKind kind, ThreadIdentity thread, TimelineReading reading)
    {
        var length = reading.Now - _since;
        _spent[(int)_kind] += length;
        _stays.Passed(_kind, length);
        if (length > 0 && _kind != PhaseKind.Unexplained)
        {
            AddPhase(reading.Now);
        }

        var wasIoWait = _kind.IsIoWait();
        if (wasIoWait && !kind.IsIoWait())
        {
            // A waiting request does not work, so all that the integrals grew by is others'.
            Covered += reading.Covered - _ioWaitBegan.Covered;
            OthersWork += reading.Work - _ioWaitBegan.Work;
        }
        else if (!wasIoWait && kind.IsIoWait())
        {
            _ioWaitBegan = reading;
            if (FirstIoWaitPosition < 0)
            {
                FirstIoWaitPosition = reading.WorkLogPosition;
            }
        }

        if (kind.IsWait() && !_kind.IsWait())
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
        if (_phaseCount == MaxPhases)
        {
            PhasesLeftOut = true;
            return;
        }

        if (_phaseCount == _phases.Length)
        {
            Array.Resize(ref _phases, 2 * _phases.Length);
        }

        var held = _kind.IsOnThread() || (!_kind.IsQueue() && !_threadLetGo);
        _phases[_phaseCount++] = new Phase(_kind, _since, end, held ? _thread : null);
    }

    private void Visit(ThreadIdentity thread, bool isWork)
    {
        if (!IsCounted(isWork) && Worked)
        {
            return;
        }

        if (_visited.Count > 0 && thread != _lastVisited)
        {
            Hops++;
        }

        _lastVisited = thread;
        if (_visited.Count < MaxThreads && !_visited.Contains(thread))
        {
            _visited.Add(thread);
        }
    }
}
