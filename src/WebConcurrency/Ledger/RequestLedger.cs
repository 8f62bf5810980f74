using System.Collections.Immutable;
using System.Runtime;
using WebConcurrency.Evidence;
using WebConcurrency.Recording;

namespace WebConcurrency.Ledger;

/// <summary>All requests: opens recorders, makes records of those that have closed, keeps the newest. Thread-safe.</summary>
internal sealed class RequestLedger
{
    /// <summary>More pending than this, and who worked during a wait is left out until the backlog is gone.</summary>
    private const int Backlog = 4_096;

    private readonly TimeProvider _time;
    private readonly RequestTimeline _timeline;
    private readonly OverlapFinder _overlap;
    private readonly OverlapCounter _counter;
    private readonly Attribution _attribution;
    private readonly IEvidence _evidence;
    private readonly MeterSampling _sampling;
    private readonly RecordRing _ring;

    // One at a time makes records.
    private readonly Lock _settling = new();

    // One at a time looks for who worked; never held while waiting for what the runtime tells.
    private readonly Lock _looking = new();
    private List<RequestTrace> _spare = [];
    private ImmutableArray<IRecordOutput> _outputs = [];
    private long _id;
    private long _settled;
    private long _faults;

    public RequestLedger(TimeProvider time, RequestConcurrencyOptions options, IEvidence evidence, IThreadMeter? meter)
    {
        _time = time;
        _evidence = evidence;
        _timeline = new RequestTimeline(time, options, Fault);
        _overlap = new OverlapFinder(_timeline);
        _counter = new OverlapCounter(_timeline);
        _attribution = new Attribution(_timeline, evidence, pausesRunOnTheirThread: !GCSettings.IsServerGC);
        _sampling = new MeterSampling(time, options.MeteredPerSecond, meter);
        _ring = new RecordRing(options.RecordsKept, options.PhasesKept);
    }

    /// <summary>Called when recording fails; it has been counted already.</summary>
    public Action<Exception>? Faulted { get; set; }

    /// <summary>Called, on the closing request's thread, when there is something to settle. Must be quick.</summary>
    public Action? RecordPending
    {
        set => _timeline.RecordPending = value;
    }

    /// <summary>Tells how long the thread pool took to run a ready item, from one instant of the ledger's clock to another.</summary>
    public Func<long, long, TimeSpan?>? PoolDelay { get; set; }

    /// <summary>Tells whether libraries have told of such a wait.</summary>
    public Func<WaitKind, bool>? HasSeen { get; set; }

    /// <summary>Writes records to the activities that wait for them.</summary>
    public ISpanOutput? Spans { get; set; }

    public LiveCounts Counts => _timeline.Counts;

    /// <summary>How often recording failed.</summary>
    public long Faults => Interlocked.Read(ref _faults);

    public int Capacity => _ring.Capacity;

    /// <summary>Adds an output, once however often it is added.</summary>
    public void AddOutput(IRecordOutput output) => ImmutableInterlocked.Update(ref _outputs, static (all, one) => all.Contains(one) ? all : all.Add(one), output);

    /// <summary>Requests that have finished.</summary>
    public long Finished => _timeline.Finished;

    /// <summary>The sequence up to which records have been made; at least that of the last one that was dropped.</summary>
    public long Settled => Interlocked.Read(ref _settled);

    public RequestRecorder Open(string method, IMomentObserver? moments) =>
        new(_timeline, moments, _sampling.Next(), Interlocked.Increment(ref _id), method, _time.GetUtcNow());

    /// <summary>Makes records of all requests that have closed, once what the runtime tells of their time has come.</summary>
    /// <returns>How many there were.</returns>
    public int Settle()
    {
        lock (_settling)
        {
            var finished = _timeline.Finished;
            var closed = _timeline.TakePending(_spare);
            var behind = closed.Count > Backlog;
            if (!behind)
            {
                _counter.Look(closed);
            }

            var told = closed.Count > 0 && _evidence.CatchUp();
            foreach (var trace in closed)
            {
                lock (_looking)
                {
                    Settle(trace, told, behind);
                }
            }

            var count = closed.Count;
            _timeline.Return(closed);
            closed.Clear();
            _spare = closed;
            Interlocked.Exchange(ref _settled, finished);
            return count;
        }
    }

    /// <inheritdoc cref="RecordRing.Kept"/>
    public (long First, long End) Kept => _ring.Kept;

    /// <inheritdoc cref="RecordRing.Read"/>
    public int Read(ref long position, long end, Span<RecordFigures> figures) => _ring.Read(ref position, end, figures);

    /// <summary>The sequence of the oldest record kept; <see langword="null"/> when there is none.</summary>
    public long? Oldest => _ring.Oldest;

    /// <inheritdoc cref="RecordRing.Newest"/>
    public ImmutableArray<RequestRecord> Newest(int count) => _ring.Newest(count);

    /// <inheritdoc cref="RecordRing.After"/>
    public ImmutableArray<RequestRecord> After(long sequence, int count) => _ring.After(sequence, count);

    /// <summary>A request's record, if it is kept.</summary>
    public RequestRecord? Find(long id) => _ring.Find(id);

    /// <summary>Route and strategy of a request that still runs or whose record is kept.</summary>
    public bool TryName(long id, out string? route, out string? strategy)
    {
        if (_timeline.TryName(id, out route, out strategy))
        {
            return true;
        }

        if (_ring.Find(id) is not { } record)
        {
            return false;
        }

        (route, strategy) = (record.Figures.Route, record.Figures.Strategy);
        return true;
    }

    /// <summary>Who worked during the wanted phases of a record; see <see cref="OverlapFinder.Find"/>.</summary>
    public OverlapFinding WhoWorked(RequestRecord record, Func<Phase, bool> wanted, int most)
    {
        lock (_looking)
        {
            return _overlap.Find(record, wanted, most);
        }
    }

    public TimeSpan Length(long ticks) => _timeline.Length(ticks);

    public void Fault(Exception exception)
    {
        Interlocked.Increment(ref _faults);
        Faulted?.Invoke(exception);
    }

    private void Settle(RequestTrace trace, bool told, bool behind)
    {
        try
        {
            var times = trace.Times(trace.Finished);
            if (told)
            {
                times = _attribution.Apply(trace, times);
            }

            var figures = new RecordFigures
            {
                Id = trace.Id,
                Sequence = trace.Sequence,
                Method = trace.Method,
                Route = trace.Route ?? RecordFigures.NoRoute,
                Status = trace.Status,
                Strategy = trace.Strategy,
                Workload = trace.Workload,
                StartedAt = trace.StartedAt,
                Hops = trace.Hops,
                Started = trace.Started,
                Finished = trace.Finished,
                Times = times,
                Arrival = trace.Arrival,
                PoolDelay = PoolDelay?.Invoke(trace.Started, trace.Finished),
                WorkIsKnown = trace.Worked || !_timeline.WorkIsDeclared,
                DatabaseIsTold = HasSeen?.Invoke(WaitKind.Database) == true,
                IoIsTold = HasSeen?.Invoke(WaitKind.Io) == true,
                Used = trace.Stays.Used,
                BlockedBy = told ? _attribution.Blockers(trace, _overlap) : trace.Blockers,
                Covered = _timeline.Length(trace.Covered),
                OthersWork = _timeline.Length(trace.OthersWork),
                Overlapped = behind && trace.FirstIoWaitPosition >= 0 ? null : _counter.Count(trace),
                PhasesLeftOut = trace.PhasesLeftOut,
                FirstIoWaitPosition = trace.FirstIoWaitPosition,
                LastPosition = trace.LastPosition,
                WorkersLeft = trace.WorkersLeft,
            };
            _ring.Add(figures, trace.Phases, trace.Visited);
            if (trace.Span is { } span && Spans is { } spans)
            {
                var record = new RequestRecord(figures, [.. trace.Visited], [.. trace.Phases], trace.PhasesLeftOut);
                span.Settle(activity => spans.Write(activity, record));
            }

            foreach (var output in _outputs)
            {
                output.Write(figures);
            }
        }
        catch (Exception exception)
        {
            Fault(exception);
        }
        finally
        {
            trace.Span?.LetGo();
        }
    }
}
