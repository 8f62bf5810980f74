using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Runtime.CompilerServices;
using WebConcurrency.Ledger;
using WebConcurrency.Recording;

namespace WebConcurrency.Evidence;

/// <summary>
/// Listens to the runtime's own events of suspension and contention. They come some 10 ms late, in order, with the time at which they happened on a
/// clock of their own. An event that this class causes itself, a millisecond's wait for a lock that is never free, tells both how far the events have come
/// and what their clock shows. Thread-safe.
/// </summary>
internal sealed class RuntimeEvents : EventListener, IEvidence
{
    private const string Source = "Microsoft-Windows-DotNETRuntime";

    // Keywords and event ids of docs.microsoft.com, "Runtime events": GC, Contention, WaitHandle.
    private const EventKeywords Wanted = (EventKeywords)(0x1 | 0x4000);
    private const EventKeywords WaitHandles = (EventKeywords)0x40000000000;
    private const int RestartEnd = 3, RestartBegin = 7, SuspendEnd = 8, SuspendBegin = 9, ContentionStart = 81, ContentionStop = 91, HandleStart = 301, HandleStop = 302;

    /// <summary>SUSPEND_FOR_GC and SUSPEND_FOR_GC_PREP; a debugger or the process's end stops threads as well.</summary>
    private const uint ForCollection = 1, ForCollectionPreparation = 6;

    private const int Kept = 4_096;
    private const int Slots = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly RingLog<Pause> _pauses = new(Kept);
    private readonly RingLog<Contention> _contentions = new(Kept);

    // For the thread that brings the events, alone.
    private readonly Dictionary<long, (long Start, int Owner)> _waiting = [];
    private readonly Dictionary<long, long> _waitingForHandle = [];
    private Pause _pause;
    private (long Thread, int Slot) _marking = (-1, 0);

    // The objects of the locks that are never free: pinned, so that an event names them by an address that stays. Several, so that a mark that comes
    // after nobody waits for it any more is not taken for the next one.
    private readonly byte[][] _held = [.. Enumerable.Range(0, Slots).Select(_ => GC.AllocateUninitializedArray<byte>(1, pinned: true))];
    private readonly nint[] _addresses;
    private readonly long[] _made = new long[Slots];
    private readonly StoppableThread _holder = new("lock-holder");
    private readonly ManualResetEventSlim _isHeld = new();
    private readonly object _arrival = new();
    private readonly EventClock _clock = new(Slots);
    private bool _listens;
    private long _marks;
    private long _seen;

    // Set by the base class's constructor, before this one's body.
    private EventSource? _source;

    public RuntimeEvents() => _addresses = [.. _held.Select(held => Unsafe.As<byte[], nint>(ref held))];

    /// <summary>Begins to listen.</summary>
    /// <param name="waitHandles">Whether waits on handles count as locks; their events are many.</param>
    /// <returns>Whether the runtime tells anything: not where event sources are switched off.</returns>
    public bool Start(bool waitHandles)
    {
        if (_source is null)
        {
            return false;
        }

        _holder.Start(() =>
        {
            Array.ForEach(_held, Monitor.Enter);
            _isHeld.Set();
            while (_holder.WaitUntilWoken())
            {
            }

            Array.ForEach(_held, Monitor.Exit);
        });
        _isHeld.Wait();
        // The handles' events are verbose; so are others of these keywords, which nobody here needs.
        EnableEvents(_source, waitHandles ? EventLevel.Verbose : EventLevel.Informational, waitHandles ? Wanted | WaitHandles : Wanted);
        _listens = true;
        return CatchUp();
    }

    public bool CatchUp()
    {
        if (!_listens)
        {
            return false;
        }

        var mark = ++_marks;
        var slot = (int)(mark % Slots);
        lock (_arrival)
        {
            _made[slot] = mark;
        }

        Monitor.TryEnter(_held[slot], millisecondsTimeout: 1);
        var asked = Stopwatch.GetTimestamp();
        lock (_arrival)
        {
            _clock.Marked(slot, asked);
            while (_seen < mark)
            {
                var left = Patience - Stopwatch.GetElapsedTime(asked);
                if (left <= TimeSpan.Zero)
                {
                    return false;
                }

                Monitor.Wait(_arrival, left);
            }
        }

        return true;
    }

    public bool FindPauses(long start, long end, List<Pause> found)
    {
        lock (_lock)
        {
            return Find(_pauses, start, end, found, static pause => (pause.Begin, pause.End));
        }
    }

    public bool FindContentions(long start, long end, List<Contention> found)
    {
        lock (_lock)
        {
            return Find(_contentions, start, end, found, static contention => (contention.Start, contention.End));
        }
    }

    public override void Dispose()
    {
        _holder.Stop();
        base.Dispose();
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
        switch (eventData.EventId)
        {
            case SuspendBegin:
                _pause = eventData.Payload![0] is ForCollection or ForCollectionPreparation
                    ? new Pause(_clock.Map(eventData.TimeStamp), 0, 0, 0, (int)eventData.OSThreadId)
                    : default;
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
                break;
            case ContentionStart:
                Begin(eventData);
                break;
            case ContentionStop:
                End(eventData);
                break;
            case HandleStart:
                _waitingForHandle[eventData.OSThreadId] = _clock.Map(eventData.TimeStamp);
                break;
            case HandleStop when _waitingForHandle.Remove(eventData.OSThreadId, out var began):
                Add(_contentions, new Contention(began, _clock.Map(eventData.TimeStamp), (int)eventData.OSThreadId, 0, IsHandle: true));
                break;
        }
    }

    private void Begin(EventWrittenEventArgs start)
    {
        // Since version 2 of the event: flags, instance, lock, object, the owner's thread.
        var names = start.Payload!.Count >= 5;
        if (names && start.Payload![3] is nint address && Array.IndexOf(_addresses, address) is >= 0 and var slot)
        {
            _marking = (start.OSThreadId, slot);
            return;
        }

        _waiting[start.OSThreadId] = (_clock.Map(start.TimeStamp), names && start.Payload![4] is ulong owner ? (int)owner : 0);
    }

    private void End(EventWrittenEventArgs stop)
    {
        if (stop.OSThreadId == _marking.Thread)
        {
            lock (_arrival)
            {
                _clock.Seen(_marking.Slot, stop.TimeStamp);
                _seen = Math.Max(_seen, _made[_marking.Slot]);
                Monitor.PulseAll(_arrival);
            }

            _marking = (-1, 0);
        }
        else if (_waiting.Remove(stop.OSThreadId, out var began))
        {
            var end = _clock.Map(stop.TimeStamp);

            // The runtime's own measure of the wait, which does not depend on when the first event was written.
            var length = stop.Payload!.Count >= 3 && stop.Payload[2] is double nanoseconds
                ? (long)(nanoseconds * (Stopwatch.Frequency / 1e9))
                : end - began.Start;
            Add(_contentions, new Contention(end - length, end, (int)stop.OSThreadId, began.Owner, IsHandle: false));
        }
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
