using System.Diagnostics;

namespace WebConcurrency.Recording;

/// <summary>
/// Follows one request while it runs: which thread it is on, what it waits for, how much others work meanwhile. Thread-safe; no member throws
/// once the recorder exists. After the response it ignores everything that it is still told.
/// </summary>
public sealed class RequestRecorder
{
    private readonly ITimeline _timeline;
    private readonly IMomentObserver? _moments;

    // Nobody else locks it. Guards all that changes, the trace included.
    private readonly RequestFlow _pipeline;
    private RequestFlow? _work;

    // Null once the request is over: the trace is then the ledger's, and soon another request's.
    private RequestTrace? _trace;
    private int _openWork;
    private bool _threadTold;

    internal RequestRecorder(ITimeline timeline, IMomentObserver? moments, IThreadMeter? meter, long id, string method, DateTimeOffset startedAt)
    {
        _timeline = timeline;
        _moments = moments;
        _pipeline = new RequestFlow(this, isWork: false);
        Id = id;
        IsMetered = meter is not null;
        var reading = timeline.Open(out _trace);
        _trace.Begin(reading, id, method, startedAt, meter);
    }

    /// <summary>The recorder of the request that the caller is part of; <see langword="null"/> outside of a recorded request.</summary>
    public static RequestRecorder? Current => AmbientRecorder.Current?.Recorder;

    /// <summary>The request's number, given at its start; the first is 1.</summary>
    public long Id { get; }

    /// <summary>
    /// The threads that the request was on, each once, in the order of the first visit; at most 64. In an application that declares its work: those of
    /// the work. Empty once the request is over: its record has them.
    /// </summary>
    public IReadOnlyList<ThreadIdentity> Threads
    {
        get
        {
            lock (_pipeline)
            {
                return _trace is null ? [] : [.. _trace.Visited];
            }
        }
    }

    /// <summary>Who runs the request, as <see cref="Label"/> was told; <see langword="null"/> before that and once the request is over.</summary>
    public string? Strategy
    {
        get
        {
            lock (_pipeline)
            {
                return _trace?.Strategy;
            }
        }
    }

    /// <summary>Whether the operating system is asked about this request's threads.</summary>
    internal bool IsMetered { get; }

    /// <summary>Whether its code has named a wait for the database or other I/O that goes on now.</summary>
    internal bool NamesItsIoWait
    {
        get
        {
            lock (_pipeline)
            {
                return _trace?.NamesItsIoWait == true;
            }
        }
    }

    /// <summary>What an execution context carries that runs the request's pipeline.</summary>
    internal RequestFlow Pipeline => _pipeline;

    /// <summary>Says, for the record, who runs the request and what it does. Both are labels of metrics: pass only names from a fixed set.</summary>
    public void Label(string strategy, string? workload)
    {
        lock (_pipeline)
        {
            if (_trace is not null)
            {
                (_trace.Strategy, _trace.Workload) = (strategy, workload);
            }
        }
    }

    /// <summary>
    /// How the time was spent so far; <see langword="null"/> once the request is over: its record has the final figures. What the system says of a
    /// thread is known up to the last change of state.
    /// </summary>
    public RequestTimes? Times()
    {
        lock (_pipeline)
        {
            return _trace?.Times(_timeline.Now());
        }
    }

    /// <summary>Begins a wait: until it is disposed the request's own code cannot go on. Waits may nest; the time counts once.</summary>
    public WaitScope Wait(WaitKind kind) => Wait(kind, isSpan: false);

    /// <summary>Begins a wait that a library told of.</summary>
    internal WaitScope WaitInSpan(WaitKind kind) => Wait(kind, isSpan: true);

    private WaitScope Wait(WaitKind kind, bool isSpan)
    {
        try
        {
            // Before the wait begins: telling of it is not a part of it.
            if (_moments is not null && !((PhaseKind)kind).IsQueue() && !IsWaiting())
            {
                _moments.BeganToWait(this, kind);
            }

            lock (_pipeline)
            {
                if (_trace is null)
                {
                    return default;
                }

                _trace.OpenWait(kind, ThreadIdentity.Current, isSpan);
            }

            return new WaitScope(this, kind, isSpan);
        }
        catch (Exception exception)
        {
            _timeline.Fault(exception);
            return default;
        }
    }

    /// <summary>Says which request held what this one waited for; the first eight are kept, each once.</summary>
    /// <param name="id">That request's <see cref="Id"/>; what is not positive, and this request's own, is ignored.</param>
    public void BlockedBy(long id)
    {
        lock (_pipeline)
        {
            _trace?.BlockedBy(id);
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
            lock (_pipeline)
            {
                if (_trace is null)
                {
                    return default;
                }

                _trace.BeginWork();
                _openWork++;
            }

            // From here on the context that flows is the work's: the pipeline's own, which goes on when nobody waits for the work any more, is not.
            var around = AmbientRecorder.Current;
            if (_timeline.WorkIsDeclared)
            {
                AmbientRecorder.Current = _work ??= new RequestFlow(this, isWork: true);
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

    internal void EndWait(WaitKind kind, bool isSpan)
    {
        try
        {
            TimeSpan? waited;
            lock (_pipeline)
            {
                if (_trace is null)
                {
                    return;
                }

                waited = _trace.CloseWait(kind, ThreadIdentity.Current, isSpan);
            }

            if (((PhaseKind)kind).IsQueue())
            {
                TellThread();
            }
            else if (waited is { } length)
            {
                _moments?.WentOn(this, kind, length);
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

            lock (_pipeline)
            {
                _openWork--;
                if (_trace is null)
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
            lock (_pipeline)
            {
                _trace?.Enter(thread, isWork);
            }
        }
        catch (Exception exception)
        {
            _timeline.Fault(exception);
        }
    }

    /// <summary>The request's execution context, on a thread, changed from pipeline to work or back.</summary>
    internal void Switch(ThreadIdentity thread, bool isWork)
    {
        try
        {
            lock (_pipeline)
            {
                _trace?.Switch(thread, isWork);
            }
        }
        catch (Exception exception)
        {
            _timeline.Fault(exception);
        }
    }

    /// <summary>The request's execution context left a thread.</summary>
    internal void Leave(ThreadIdentity thread)
    {
        try
        {
            lock (_pipeline)
            {
                _trace?.Leave(thread);
            }
        }
        catch (Exception exception)
        {
            _timeline.Fault(exception);
        }
    }

    /// <summary>The route's template, as far as it is known; the first one that is told stays.</summary>
    internal void Routed(string? route)
    {
        lock (_pipeline)
        {
            if (_trace is not null)
            {
                _trace.Route ??= route;
            }
        }
    }

    /// <summary>How long it took to come here; told once, at the start.</summary>
    internal void Arrived(TimeSpan? before)
    {
        lock (_pipeline)
        {
            if (_trace is not null)
            {
                _trace.Arrival = before;
            }
        }
    }

    /// <summary>Somebody traces the request: its record is to be written to this activity. Told once, at the start.</summary>
    internal void Traced(Activity activity)
    {
        lock (_pipeline)
        {
            if (_trace is not null)
            {
                _trace.Span = new RequestSpan(activity);
            }
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
            RequestSpan? withdrawn;
            lock (_pipeline)
            {
                if (_trace is not { } trace)
                {
                    return;
                }

                _trace = null;
                trace.Status = status;
                withdrawn = keep ? null : trace.Span;
                trace.Close(ThreadIdentity.Current, threadStillWorks: _openWork > 0, keep);
            }

            withdrawn?.LetGo();
        }
        catch (Exception exception)
        {
            _timeline.Fault(exception);
        }
    }

    private bool IsWaiting()
    {
        lock (_pipeline)
        {
            return _trace?.Kind.IsWait() == true;
        }
    }

    /// <summary>Work may begin before the queue's end is stamped, so that no time is lost between them; it is told once, when both have come.</summary>
    private void TellThread()
    {
        if (_moments is null)
        {
            return;
        }

        lock (_pipeline)
        {
            if (_threadTold || _trace?.Kind != PhaseKind.Work)
            {
                return;
            }

            _threadTold = true;
        }

        _moments.GotThread(this);
    }
}
