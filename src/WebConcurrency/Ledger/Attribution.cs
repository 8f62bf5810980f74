using WebConcurrency.Evidence;
using WebConcurrency.Recording;

namespace WebConcurrency.Ledger;

/// <summary>
/// Gives a finished request its share of what the runtime told later: stops and locks. What they take they take from the wait in which they fell; time on a
/// thread is split by what remains. For one caller at a time: its buffers are reused.
/// </summary>
internal sealed class Attribution(RequestTimeline timeline, IEvidence evidence, bool pausesRunOnTheirThread)
{
    private readonly List<Pause> _pauses = [];
    private readonly List<Contention> _contentions = [];
    private PhaseTotals _stopped;
    private PhaseTotals _collected;
    private PhaseTotals _locked;

    /// <summary>The times with stops and locks in them, as far as those are known: locks only where stops are, since a stop comes first.</summary>
    public RequestTimes Apply(RequestTrace trace, RequestTimes times)
    {
        _contentions.Clear();
        if (trace.PhasesLeftOut || !evidence.FindPauses(trace.Started, trace.Finished, _pauses))
        {
            return times;
        }

        var locksAreKnown = evidence.FindContentions(trace.Started, trace.Finished, _contentions);
        if (!locksAreKnown)
        {
            _contentions.Clear();
        }

        if (_pauses.Count == 0 && _contentions.Count == 0)
        {
            return times with { Gc = TimeSpan.Zero, Lock = locksAreKnown ? TimeSpan.Zero : null };
        }

        _stopped = _locked = _collected = default;
        var (stopped, around) = Stops(trace);
        Locks(trace);
        var gc = timeline.Length(stopped);
        var cpu = times.Cpu is { } all ? Positive(all - timeline.Length(Sum(_collected))) : (TimeSpan?)null;
        var onThread = timeline.Length(OnThread(_locked));
        if (cpu is not null)
        {
            // What CPU and runnable time leave of the time on threads is an upper bound: first of the stopping itself, then of locks.
            var used = trace.Stays.Computed(PhaseKind.Work) + trace.Stays.Computed(PhaseKind.Pipeline) - OnThread(_collected);
            var left = OnThread(trace) - timeline.Length(OnThread(_stopped) + Math.Max(0, used));
            var stopping = Least(timeline.Length(around), left);
            gc += stopping;
            onThread = Least(onThread, left - stopping);
        }

        var locked = onThread;
        return times with
        {
            Gc = gc,
            Cpu = cpu,
            Queue = Rest(times.Queue, PhaseKind.Queue, PhaseKind.ThreadStart),
            Connection = Rest(times.Connection, PhaseKind.Connection),
            Database = Rest(times.Database, PhaseKind.Database),
            Io = Rest(times.Io, PhaseKind.Io),
            Gil = Rest(times.Gil, PhaseKind.Gil),
            Lock = locksAreKnown ? locked : null,
        };

        TimeSpan Rest(TimeSpan wait, PhaseKind kind, PhaseKind second = PhaseKind.Unexplained)
        {
            // Where CPU time is known the wait is without it, and so without a collection on the request's own thread.
            var taken = _stopped[(int)kind] + _stopped[(int)second] - (cpu is null ? 0 : _collected[(int)kind] + _collected[(int)second]);
            wait = Least(wait, wait - timeline.Length(taken));
            var part = Least(wait, timeline.Length(_locked[(int)kind] + _locked[(int)second]));
            locked += part;
            return wait - part;
        }
    }

    /// <summary>Who held the locks that it waited for, as far as the work log knows.</summary>
    public Blockers Blockers(RequestTrace trace, OverlapFinder finder)
    {
        var blockers = trace.Blockers;
        foreach (var contention in _contentions)
        {
            if (contention.Owner != 0 && Meets(trace, contention) && finder.WhoWorkedOn(contention.Owner, contention.Start) is { } who && who != trace.Id)
            {
                blockers.Add(who);
            }
        }

        return blockers;
    }

    /// <summary>How long all threads had stopped; and how long, while this request was on a thread, some had. In which of its phases, and when its own thread collected, is left behind.</summary>
    private (long All, long Around) Stops(RequestTrace trace)
    {
        long all = 0, around = 0;
        foreach (var pause in _pauses)
        {
            all += Shared(pause.Stopped, pause.Resuming, trace.Started, trace.Finished);
            foreach (ref readonly var phase in trace.Phases)
            {
                var shared = Shared(pause.Stopped, pause.Resuming, phase.Start, phase.End);
                _stopped[(int)phase.Kind] += shared;
                _collected[(int)phase.Kind] += pausesRunOnTheirThread && phase.Thread?.Os == pause.Thread ? shared : 0;
                around += phase.Kind.IsOnThread() ? Shared(pause.Begin, pause.End, phase.Start, phase.End) - shared : 0;
            }
        }

        return (all, around);
    }

    private void Locks(RequestTrace trace)
    {
        foreach (var contention in _contentions)
        {
            foreach (ref readonly var phase in trace.Phases)
            {
                _locked[(int)phase.Kind] += IsIn(contention, phase) ? SharedOutsideStops(contention, phase) : 0;
            }
        }
    }

    /// <summary>A named wait for something else that waits on a handle is still that wait.</summary>
    private static bool IsIn(in Contention contention, in Phase phase) =>
        phase.Thread?.Os == contention.Thread && !(contention.IsHandle && phase.Kind.IsWait());

    private static bool Meets(RequestTrace trace, in Contention contention)
    {
        foreach (ref readonly var phase in trace.Phases)
        {
            if (IsIn(contention, phase) && Shared(contention.Start, contention.End, phase.Start, phase.End) > 0)
            {
                return true;
            }
        }

        return false;
    }

    private long SharedOutsideStops(in Contention contention, in Phase phase)
    {
        var (start, end) = (Math.Max(contention.Start, phase.Start), Math.Min(contention.End, phase.End));
        var shared = Math.Max(0, end - start);
        foreach (var pause in _pauses)
        {
            shared -= Shared(pause.Stopped, pause.Resuming, start, end);
        }

        return Math.Max(0, shared);
    }

    private TimeSpan OnThread(RequestTrace trace)
    {
        var ticks = 0L;
        foreach (ref readonly var phase in trace.Phases)
        {
            ticks += phase.Kind.IsOnThread() ? phase.End - phase.Start : 0;
        }

        return timeline.Length(ticks);
    }

    private static long OnThread(in PhaseTotals totals) => totals[(int)PhaseKind.Work] + totals[(int)PhaseKind.Pipeline];

    private static long Sum(in PhaseTotals totals)
    {
        var sum = 0L;
        foreach (var total in totals)
        {
            sum += total;
        }

        return sum;
    }

    /// <summary>The smaller one, and nothing if that is negative: what is left when clocks that are not read at one instant disagree.</summary>
    private static TimeSpan Least(TimeSpan one, TimeSpan other) => Positive(one < other ? one : other);

    private static TimeSpan Positive(TimeSpan time) => time < TimeSpan.Zero ? TimeSpan.Zero : time;

    private static long Shared(long start, long end, long otherStart, long otherEnd) =>
        Math.Max(0, Math.Min(end, otherEnd) - Math.Max(start, otherStart));
}
