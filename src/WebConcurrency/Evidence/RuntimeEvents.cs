using System.Diagnostics;
using System.Diagnostics.Tracing;
using WebConcurrency.Ledger;

namespace WebConcurrency.Evidence;

/// <summary>
/// Listens to the runtime's own events of suspension and contention. They come some 10 ms late, in order, with the time at which they happened on a
/// clock of their own. Contention is listened to while it is rare enough: see <see cref="ListeningBudget"/>. Thread-safe.
/// </summary>
internal sealed class RuntimeEvents : EventListener, IEvidence
{
    private const string Source = "Microsoft-Windows-DotNETRuntime";

    // Keywords and event ids of docs.microsoft.com, "Runtime events": GC, Contention, WaitHandle.
    private const EventKeywords Collections = (EventKeywords)0x1;
    private const EventKeywords Locks = (EventKeywords)0x4000;
    private const EventKeywords WaitHandles = (EventKeywords)0x40000000000;
    private const int RestartEnd = 3, RestartBegin = 7, SuspendEnd = 8, SuspendBegin = 9, ContentionStart = 81, ContentionStop = 91, HandleStart = 301, HandleStop = 302;

    /// <summary>SUSPEND_FOR_GC and SUSPEND_FOR_GC_PREP; a debugger or the process's end stops threads as well.</summary>
    private const uint ForCollection = 1, ForCollectionPreparation = 6;

    /// <summary>
    /// The runtime keeps something of each thread that it has ever told of, and looks through all of it for each event (dotnet/runtime issue 111368), until
    /// its listeners begin anew.
    /// </summary>
    private const int MostThreads = 1_000;

    /// <summary>Measured: some 15 µs of CPU time for an event; a new thread's first costs far more, and counts so (decision 14).</summary>
    private const int EventsPerSecond = 500;

    private const int Kept = 4_096;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly RingLog<Pause> _pauses = new(Kept);
    private readonly RingLog<Contention> _contentions = new(Kept);
    private readonly UnheardTimes _unheardPauses = new();
    private readonly UnheardTimes _unheardLocks = new();

    private readonly EventClock _clock = new();
    private readonly EventMarks _marks;
    private readonly ListeningBudget _budget;

    // For the thread that brings the events, alone.
    private readonly Dictionary<long, (long Start, int Owner)> _waiting = [];
    private readonly Dictionary<long, long> _waitingForHandle = [];
    private Pause _pause;
    private volatile bool _isPaused;
    private volatile bool _beganAnew;

    // Guards what follows: one at a time catches up.
    private readonly Lock _catchingUp = new();
    private (long Until, TimeSpan Paused) _told;
    private TimeSpan _pausedBefore = TimeSpan.MinValue;
    private bool _listens;
    private bool _withHandles;
    private bool _hearsLocks;

    // Set by the base class's constructor, before this one's body.
    private EventSource? _source;

    internal RuntimeEvents(ListeningBudget budget) => (_budget, _marks) = (budget, new EventMarks(_clock));

    /// <summary>
    /// The one of the process, whose events are everybody's. It is never disposed of: listeners that come and go make the runtime begin anew each time, and
    /// what is under way is lost.
    /// </summary>
    public static RuntimeEvents Shared { get; } = new(new ListeningBudget(TimeProvider.System, EventsPerSecond, most: 2 * EventsPerSecond));

    /// <summary>
    /// More of locks has been heard than can be afforded: somebody must catch up, so that it ends. Called on the thread that brings the events, perhaps for
    /// each of them: it must be quick and not throw.
    /// </summary>
    public event Action? Overheard;

    /// <summary>Begins to listen, once.</summary>
    /// <param name="waitHandles">Whether waits on handles count as locks; their events are many, and no budget ends them.</param>
    /// <returns>Whether the runtime tells anything: not where event sources are switched off.</returns>
    public bool Start(bool waitHandles)
    {
        lock (_catchingUp)
        {
            if (_source is null)
            {
                return false;
            }

            if (!_listens || (waitHandles && !_withHandles))
            {
                (_listens, _withHandles) = (true, waitHandles);
                Listen(locks: true);
            }
        }

        return CatchUp();
    }

    public bool CatchUp()
    {
        lock (_catchingUp)
        {
            if (!_listens || !Mark())
            {
                return false;
            }

            // What happened before has been told, whatever is listened to from now on.
            Choose();
            return true;
        }
    }

    /// <summary>Listens to locks again as soon as that can be afforded, and no longer when it cannot. For whoever catches up, from time to time while nothing else happens.</summary>
    /// <returns>Whether there is nothing to wait for.</returns>
    public bool Recover()
    {
        lock (_catchingUp)
        {
            if (_listens && IsDue)
            {
                CatchUp();
            }

            return !_listens || _hearsLocks;
        }
    }

    public bool FindPauses(long start, long end, List<Pause> found)
    {
        lock (_lock)
        {
            return Find(_pauses, start, end, found, static pause => (pause.Begin, pause.End)) && !_unheardPauses.Touch(start, end);
        }
    }

    public bool FindContentions(long start, long end, List<Contention> found)
    {
        lock (_lock)
        {
            return Find(_contentions, start, end, found, static contention => (contention.Start, contention.End)) && !_unheardLocks.Touch(start, end);
        }
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Source)
        {
            _source = eventSource;
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        // Until the first mark after it began anew nobody knows where its dates stand.
        switch (_beganAnew ? 0 : eventData.EventId)
        {
            case SuspendBegin:
                _pause = eventData.Payload![0] is ForCollection or ForCollectionPreparation
                    ? new Pause(_clock.Map(eventData.TimeStamp), 0, 0, 0, (int)eventData.OSThreadId)
                    : default;
                _isPaused = _pause.Begin != 0;
                break;
            case SuspendEnd:
                _pause = _pause with { Stopped = _clock.Map(eventData.TimeStamp) };
                break;
            case RestartBegin:
                _pause = _pause with { Resuming = _clock.Map(eventData.TimeStamp) };
                break;
            case RestartEnd when _pause.Begin != 0:
                Add(_pauses, _pause with { End = _clock.Map(eventData.TimeStamp) });
                _pause = default;
                _isPaused = false;
                break;
            case ContentionStart:
                Begin(eventData);
                break;
            case ContentionStop when _waiting.Remove(eventData.OSThreadId, out var began):
                End(eventData, began);
                break;
            case HandleStart when !_waiting.ContainsKey(eventData.OSThreadId):
                // Inside of a contention it is the means by which the thread waits for the lock.
                _waitingForHandle[eventData.OSThreadId] = _clock.Map(eventData.TimeStamp);
                break;
            case HandleStop when _waitingForHandle.Remove(eventData.OSThreadId, out var began):
                Add(_contentions, new Contention(began, _clock.Map(eventData.TimeStamp), (int)eventData.OSThreadId, 0, IsHandle: true));
                break;
            default:
                if (_marks.TrySee(eventData) && _beganAnew)
                {
                    // The ends of waits that began before may have been lost.
                    _waiting.Clear();
                    _waitingForHandle.Clear();
                    _pause = default;
                    _isPaused = false;
                }

                break;
        }
    }

    /// <summary>Listens to locks or not, as the budget says; anew, when the runtime knows too many threads.</summary>
    private void Choose()
    {
        if (IsDue && !_isPaused)
        {
            Listen(WantsLocks);
            Mark();
        }
    }

    private bool WantsLocks => _withHandles || _budget.Affords();

    /// <summary>Whether what is listened to is not what should be.</summary>
    private bool IsDue => WantsLocks != _hearsLocks || _budget.Threads > MostThreads;

    /// <summary>Tells the runtime what is wanted. It ends what went on before, and begins anew with another start of its dates.</summary>
    private void Listen(bool locks)
    {
        // What happens from now on until the new session is in order may be lost; what happened before has been told.
        lock (_lock)
        {
            _pausedBefore = _unheardPauses.GoesOn ? _pausedBefore : _told.Paused;
            _unheardPauses.Begin(_told.Until);
            _unheardLocks.Begin(_told.Until);
        }

        _hearsLocks = locks;
        _beganAnew = true;
        _budget.BeginAnew();
        _clock.Forget();

        // The handles' events are verbose; so are others of these keywords, which nobody here needs.
        var (level, handles) = _withHandles ? (EventLevel.Verbose, WaitHandles) : (EventLevel.Informational, EventKeywords.None);
        EnableEvents(_source!, level, EventMarks.Keyword | Collections | (locks ? Locks : EventKeywords.None) | handles);
    }

    private bool Mark()
    {
        var told = (Stopwatch.GetTimestamp(), GC.GetTotalPauseDuration());
        if (!_marks.Make(Patience))
        {
            return false;
        }

        _told = told;
        _beganAnew = false;
        var now = Stopwatch.GetTimestamp();
        var paused = GC.GetTotalPauseDuration();
        lock (_lock)
        {
            if (paused == _pausedBefore)
            {
                _unheardPauses.Revoke();
            }
            else
            {
                _unheardPauses.End(now);
            }

            if (_hearsLocks)
            {
                _unheardLocks.End(now);
            }
        }

        return true;
    }

    private void Begin(EventWrittenEventArgs start)
    {
        if ((_budget.Heard(start.OSThreadId) && !_withHandles) || _budget.Threads > MostThreads)
        {
            Overheard?.Invoke();
        }

        // Since version 2 of the event: flags, instance, lock, object, the owner's thread.
        var owner = start.Payload!.Count >= 5 && start.Payload[4] is ulong thread ? (int)thread : 0;
        _waiting[start.OSThreadId] = (_clock.Map(start.TimeStamp), owner);
    }

    private void End(EventWrittenEventArgs stop, (long Start, int Owner) began)
    {
        var end = _clock.Map(stop.TimeStamp);

        // The runtime's own measure of the wait, which does not depend on when the first event was written.
        var length = stop.Payload!.Count >= 3 && stop.Payload[2] is double nanoseconds
            ? (long)(nanoseconds * (Stopwatch.Frequency / 1e9))
            : end - began.Start;
        Add(_contentions, new Contention(end - length, end, (int)stop.OSThreadId, began.Owner, IsHandle: false));
    }

    private void Add<T>(RingLog<T> ring, in T item)
        where T : struct
    {
        lock (_lock)
        {
            ring.Add(item);
        }
    }

    private static bool Find<T>(RingLog<T> ring, long start, long end, List<T> found, Func<T, (long Start, long End)> times)
        where T : struct
    {
        found.Clear();
        for (var i = ring.Position - 1; i >= ring.First; i--)
        {
            var (began, ended) = times(ring[i]);
            if (ended <= start)
            {
                return true;
            }

            if (began < end)
            {
                found.Add(ring[i]);
            }
        }

        return ring.First == 0;
    }
}
