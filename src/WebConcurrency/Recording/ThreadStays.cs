namespace WebConcurrency.Recording;

/// <summary>
/// The threads that a request is on now, in the order in which it came, and what they have used for it. The first one that works is the request's main
/// branch; what others do at the same time counts beside it. Guarded as its trace is.
/// </summary>
internal sealed class ThreadStays(ITimeline timeline)
{
    // CPU time within these is taken to be the request's code, within a wait that of beginning or ending it.
    private static readonly PhaseKind[] InOrderOfCredit =
    [
        PhaseKind.Work, PhaseKind.Pipeline, PhaseKind.Queue, PhaseKind.ThreadStart, PhaseKind.Io, PhaseKind.Database, PhaseKind.Connection, PhaseKind.Gil,
    ];

    private Stay[] _stays = new Stay[2];
    private int _count;
    private IThreadMeter? _meter;
    private bool _knowsRunnable;
    private long _cpu;
    private long _runnable;
    private long _parallelCpu;

    // CPU and runnable time that has been read and not yet taken from the phases in which it was spent; and the lengths of those.
    private long _uncreditedCpu;
    private long _uncreditedRunnable;
    private bool _isRead;
    private PhaseTotals _unread;
    private PhaseTotals _computed;

    /// <summary>What the request does if it does not wait.</summary>
    public PhaseKind Kind => _count == 0 ? PhaseKind.Unexplained : _stays[Main()].IsWork ? PhaseKind.Work : PhaseKind.Pipeline;

    /// <summary>CPU time of the main branch; <see langword="null"/> when the system was not asked or did not tell.</summary>
    public TimeSpan? Cpu => _meter is null ? null : Span(_cpu);

    /// <inheritdoc cref="RequestTimes.Runnable"/>
    public TimeSpan? Runnable => _meter is null || !_knowsRunnable ? null : Span(_runnable);

    /// <inheritdoc cref="RequestTimes.ParallelCpu"/>
    public TimeSpan? ParallelCpu => _meter is null ? null : Span(_parallelCpu);

    /// <summary>
    /// What was used on all its threads; <see langword="null"/> as <see cref="Cpu"/> is, and when it was over while it was on a thread other than the one that noticed:
    /// only a thread itself can tell what it has used.
    /// </summary>
    public ThreadUsage? Used => _meter is null || _usesUnknown ? null : _used;

    private ThreadUsage _used;
    private bool _usesUnknown;

    public void Begin(IThreadMeter? meter)
    {
        _count = 0;
        _meter = meter;
        _knowsRunnable = true;
        _cpu = _runnable = _parallelCpu = _uncreditedCpu = _uncreditedRunnable = 0;
        _isRead = false;
        _unread = _computed = default;
        _used = default;
        _usesUnknown = false;
    }

    /// <summary>The part of the time in such phases that was CPU or runnable time, in the timeline's ticks.</summary>
    public long Computed(PhaseKind kind) => _meter is null ? 0 : _computed[(int)kind];

    /// <summary>The thread that the request is on: the main branch's, or the given one when there is none.</summary>
    public ThreadIdentity Current(ThreadIdentity otherwise) => _count == 0 ? otherwise : _stays[Main()].Thread;

    public void Enter(ThreadIdentity thread, bool isWork)
    {
        var main = _count == 0 ? -1 : Main();
        if (_count == _stays.Length)
        {
            Array.Resize(ref _stays, 2 * _count);
        }

        var stay = new Stay { Thread = thread, IsWork = isWork };
        if (_meter is not null)
        {
            stay.Began = _meter.ReadUsage();
            if (TryRead(thread, out var reading))
            {
                stay.Last = reading;
            }
        }

        _stays[_count++] = stay;
        if (main >= 0 && Main() != main)
        {
            Credit(main, isMain: true);
        }
    }

    public void Leave(ThreadIdentity thread)
    {
        var index = IndexOf(thread);
        if (index < 0)
        {
            return;
        }

        var main = Main();
        Credit(index, index == main);
        if (_meter is not null)
        {
            _used += _meter.ReadUsage() - _stays[index].Began;
        }

        Array.Copy(_stays, index + 1, _stays, index, --_count - index);
        if (index == main && _count > 0)
        {
            // What the next one did until now it did beside the one that has left.
            Credit(Main(), isMain: false);
        }
    }

    public void Switch(ThreadIdentity thread, bool isWork)
    {
        var index = IndexOf(thread);
        if (index < 0 || _stays[index].IsWork == isWork)
        {
            return;
        }

        var before = Main();
        Credit(index, index == before);
        _stays[index].IsWork = isWork;
        var after = Main();
        if (before != after)
        {
            Credit(before, isMain: true);
            Credit(after, isMain: false);
        }
    }

    /// <summary>Reads what the given thread has used until now, before a phase ends.</summary>
    public void Read(ThreadIdentity thread)
    {
        if (_meter is not null && IndexOf(thread) is >= 0 and var index)
        {
            Credit(index, index == Main());
        }
    }

    /// <summary>Reads all of them for the last time.</summary>
    public void Close(ThreadIdentity thread)
    {
        for (var i = 0; i < _count && _meter is not null; i++)
        {
            Credit(i, i == Main());
            if (_meter is null || _stays[i].Thread != thread)
            {
                _usesUnknown = true;
                continue;
            }

            _used += _meter.ReadUsage() - _stays[i].Began;
        }
    }

    /// <summary>The request was in such a phase for so long. What was read meanwhile is taken from it.</summary>
    public void Passed(PhaseKind kind, long length)
    {
        if (_meter is null)
        {
            return;
        }

        _unread[(int)kind] += length;
        if (!_isRead)
        {
            return;
        }

        // Nearly always there is only one kind: a phase is left with a reading.
        var left = timeline.Ticks(_uncreditedCpu + _uncreditedRunnable);
        foreach (var credited in InOrderOfCredit)
        {
            var part = Math.Min(left, _unread[(int)credited]);
            _computed[(int)credited] += part;
            left -= part;
        }

        // The kernel counts a wait for a CPU when it ends, so that a reading may bring one that began before the thread was the main branch's.
        if (left > 0)
        {
            _runnable -= Math.Min(_uncreditedRunnable, timeline.Nanoseconds(left));
        }

        _unread = default;
        _uncreditedCpu = _uncreditedRunnable = 0;
        _isRead = false;
    }

    private int Main()
    {
        for (var i = 0; i < _count; i++)
        {
            if (_stays[i].IsWork)
            {
                return i;
            }
        }

        return 0;
    }

    private int IndexOf(ThreadIdentity thread)
    {
        for (var i = 0; i < _count; i++)
        {
            if (_stays[i].Thread == thread)
            {
                return i;
            }
        }

        return -1;
    }

    private void Credit(int index, bool isMain)
    {
        ref var stay = ref _stays[index];
        if (_meter is null || !TryRead(stay.Thread, out var now))
        {
            return;
        }

        var cpu = now.Cpu - stay.Last.Cpu;
        var runnable = _knowsRunnable ? now.Runnable - stay.Last.Runnable : 0;
        stay.Last = now;
        if (isMain)
        {
            _cpu += cpu;
            _runnable += runnable;
            _uncreditedCpu += cpu;
            _uncreditedRunnable += runnable;
            _isRead = true;
        }
        else
        {
            _parallelCpu += cpu;
        }
    }

    private bool TryRead(ThreadIdentity thread, out ThreadReading reading)
    {
        if (_meter!.TryRead(thread, out reading))
        {
            _knowsRunnable &= reading.Runnable >= 0;
            return true;
        }

        // One figure that is missing makes all of them wrong: this request has none.
        _meter = null;
        return false;
    }

    private static TimeSpan Span(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);

    private struct Stay
    {
        public ThreadIdentity Thread;
        public bool IsWork;
        public ThreadReading Last;
        public ThreadUsage Began;
    }
}
