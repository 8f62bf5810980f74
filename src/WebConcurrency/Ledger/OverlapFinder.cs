using System.Collections.Immutable;
using System.Runtime.InteropServices;
using WebConcurrency.Recording;

namespace WebConcurrency.Ledger;

/// <summary>Looks through the work log for those who worked during a record's waits. For one caller at a time: its buffers are reused.</summary>
internal sealed class OverlapFinder(RequestTimeline timeline)
{
    private readonly WorkStretch[] _chunk = new WorkStretch[256];
    private readonly List<WorkStretch> _workers = [];
    private readonly List<Phase> _waits = [];
    private readonly List<RequestIdentity> _met = [];
    private readonly WorkStretch[] _earlier = new WorkStretch[1];
    private long _walk;
    private long _first;
    private int _count;

    private delegate void Visitor(OverlapFinder finder, ReadOnlySpan<WorkStretch> stretches);

    /// <summary>
    /// How many other requests worked during the record's I/O waits; <see langword="null"/> when not all waits or not all work of that time are kept. Done
    /// for every record: it reads the log in a row and touches no request.
    /// </summary>
    public int? Count(RequestRecord record)
    {
        if (record.PhasesLeftOut)
        {
            return null;
        }

        SetWaits(record, static phase => RequestRecorder.IsIoWait(phase.Kind));
        _first = record.FirstIoWaitPosition;
        _count = 0;
        return Walk(_first, static (finder, stretches) => finder.CountNew(stretches)) ? _count : null;
    }

    /// <summary>Who worked during those of a record's phases that are wanted.</summary>
    /// <param name="record">The record; its own work is never among it, since a request never works while it waits.</param>
    /// <param name="wanted">Which phases.</param>
    /// <param name="most">How many to name.</param>
    public OverlapFinding Find(RequestRecord record, Func<Phase, bool> wanted, int most)
    {
        SetWaits(record, wanted);
        _met.Clear();
        _walk++;
        var complete = Walk(record.FirstIoWaitPosition, static (finder, stretches) => finder.Meet(stretches)) && !record.PhasesLeftOut;
        return new OverlapFinding(Longest(most), _met.Count, complete);
    }

    private void SetWaits(RequestRecord record, Func<Phase, bool> wanted)
    {
        _waits.Clear();
        foreach (var phase in record.Phases)
        {
            if (wanted(phase))
            {
                _waits.Add(phase);
            }
        }
    }

    /// <returns>Whether the log still held all work of that time.</returns>
    private bool Walk(long position, Visitor visit)
    {
        if (_waits.Count == 0)
        {
            return true;
        }

        // One instant divides the work into what is logged before `end` and what still goes on.
        var end = timeline.CopyWorkers(_workers);
        visit(this, CollectionsMarshal.AsSpan(_workers));
        while (position < end)
        {
            var part = _chunk.AsSpan(0, (int)Math.Min(end - position, _chunk.Length));
            if (!timeline.TryCopyWork(position, part))
            {
                return false;
            }

            visit(this, part);
            position += part.Length;
        }

        return true;
    }

    private void CountNew(ReadOnlySpan<WorkStretch> stretches)
    {
        foreach (ref readonly var stretch in stretches)
        {
            if (Shared(stretch) > 0 && !WasCounted(stretch.Previous))
            {
                _count++;
            }
        }
    }

    /// <summary>Whether an earlier stretch of the same request shares time with the waits too.</summary>
    private bool WasCounted(long position)
    {
        for (var earlier = _earlier.AsSpan(); position >= _first; position = earlier[0].Previous)
        {
            if (!timeline.TryCopyWork(position, earlier) || Shared(earlier[0]) > 0)
            {
                return true;
            }
        }

        return false;
    }

    private void Meet(ReadOnlySpan<WorkStretch> stretches)
    {
        foreach (ref readonly var stretch in stretches)
        {
            var shared = Shared(stretch);
            if (shared == 0)
            {
                continue;
            }

            var who = stretch.Who;
            if (who.Walk != _walk)
            {
                who.Walk = _walk;
                who.Shared = 0;
                who.Thread = stretch.Thread;
                _met.Add(who);
            }

            who.Shared += shared;
        }
    }

    private long Shared(in WorkStretch stretch)
    {
        // Waits are in order of time: find the first that ends after the stretch began.
        int low = 0, high = _waits.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_waits[middle].End <= stretch.Start)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        var shared = 0L;
        for (var i = low; i < _waits.Count && _waits[i].Start < stretch.End; i++)
        {
            shared += Math.Min(_waits[i].End, stretch.End) - Math.Max(_waits[i].Start, stretch.Start);
        }

        return shared;
    }

    private ImmutableArray<OverlapShare> Longest(int most)
    {
        if (_met.Count == 0)
        {
            return [];
        }

        // Few are named of many: a queue of that few is cheaper than an order of all.
        var longest = new PriorityQueue<RequestIdentity, (long Shared, long Id)>(Math.Min(most, _met.Count) + 1);
        foreach (var who in _met)
        {
            longest.Enqueue(who, (who.Shared, -who.Id));
            if (longest.Count > most)
            {
                longest.Dequeue();
            }
        }

        var named = new OverlapShare[longest.Count];
        for (var i = named.Length - 1; i >= 0; i--)
        {
            var who = longest.Dequeue();
            named[i] = new OverlapShare(who, who.Thread, timeline.Length(who.Shared));
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(named);
    }
}
