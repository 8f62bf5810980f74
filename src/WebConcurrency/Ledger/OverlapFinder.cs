using System.Collections.Immutable;
using System.Runtime.InteropServices;
using WebConcurrency.Recording;

namespace WebConcurrency.Ledger;

/// <summary>Looks through the work log for those who worked during a record's waits. For one caller at a time: its buffers are reused.</summary>
internal sealed class OverlapFinder(RequestTimeline timeline)
{
    private const int MostChunksBack = 64;

    private readonly WorkStretch[] _chunk = new WorkStretch[256];
    private readonly List<WorkStretch> _workers = [];
    private readonly List<Phase> _waits = [];
    private readonly Dictionary<long, Met> _met = [];

    /// <summary>Who worked during those of a record's phases that are wanted.</summary>
    /// <param name="record">The record; its own work is never among it, since a request never works while it waits.</param>
    /// <param name="wanted">Which phases.</param>
    /// <param name="most">How many to name.</param>
    public OverlapFinding Find(RequestRecord record, Func<Phase, bool> wanted, int most)
    {
        SetWaits(record.Phases.AsSpan(), wanted);
        _met.Clear();
        var figures = record.Figures;
        var complete = Walk(figures.FirstIoWaitPosition, figures.LastPosition, figures.Finished, figures.WorkersLeft) && !record.PhasesLeftOut;
        return new OverlapFinding(Longest(most), _met.Count, complete);
    }

    /// <summary>Who worked on a thread at an instant not long ago; <see langword="null"/> when nobody did, or it is not kept.</summary>
    /// <param name="thread">The kernel's id.</param>
    /// <param name="instant">When.</param>
    public long? WhoWorkedOn(int thread, long instant)
    {
        var position = timeline.CopyWorkers(_workers);
        if (On(CollectionsMarshal.AsSpan(_workers)) is { } worker)
        {
            return worker;
        }

        for (var chunks = 0; position > 0 && chunks < MostChunksBack; chunks++)
        {
            var part = _chunk.AsSpan(0, (int)Math.Min(position, _chunk.Length));
            position -= part.Length;
            if (!timeline.TryCopyWork(position, part))
            {
                return null;
            }

            if (On(part) is { } who)
            {
                return who;
            }

            if (part[0].End < instant)
            {
                return null;
            }
        }

        return null;

        long? On(ReadOnlySpan<WorkStretch> stretches)
        {
            foreach (ref readonly var stretch in stretches)
            {
                if (stretch.Start <= instant && instant < stretch.End && stretch.Thread.Os == thread)
                {
                    return stretch.Who;
                }
            }

            return null;
        }
    }

    private void SetWaits(ReadOnlySpan<Phase> phases, Func<Phase, bool> wanted)
    {
        _waits.Clear();
        foreach (ref readonly var phase in phases)
        {
            if (wanted(phase))
            {
                _waits.Add(phase);
            }
        }
    }

    /// <summary>Meets all work that may share time with the waits, once each.</summary>
    /// <param name="first">Where in the log the first wait began.</param>
    /// <param name="last">Where it stood when the request finished.</param>
    /// <param name="finished">When that was.</param>
    /// <param name="left">How many worked at that instant: their stretches came into the log later, or go on.</param>
    /// <returns>Whether the log still held all work of that time.</returns>
    private bool Walk(long first, long last, long finished, int left)
    {
        if (_waits.Count == 0)
        {
            return true;
        }

        // One instant divides the work into what is logged before `end` and what still goes on.
        var end = timeline.CopyWorkers(_workers);
        _workers.RemoveAll(stretch => stretch.Start >= finished);
        Meet(CollectionsMarshal.AsSpan(_workers));
        left -= _workers.Count;
        if (!Visit(first, last))
        {
            return false;
        }

        // Mostly found at once: behind them stands the work of those who came after. One who came at that very instant shares no time with the waits and
        // may or may not be among those left: at worst the walk goes on to the end.
        for (var size = 8; left > 0 && last < end; size = _chunk.Length)
        {
            var part = _chunk.AsSpan(0, (int)Math.Min(end - last, size));
            if (!timeline.TryCopyWork(last, part))
            {
                return false;
            }

            foreach (ref readonly var stretch in part)
            {
                left -= stretch.Start < finished ? 1 : 0;
            }

            Meet(part);
            last += part.Length;
        }

        return true;
    }

    private bool Visit(long position, long end)
    {
        while (position < end)
        {
            var part = _chunk.AsSpan(0, (int)Math.Min(end - position, _chunk.Length));
            if (!timeline.TryCopyWork(position, part))
            {
                return false;
            }

            Meet(part);
            position += part.Length;
        }

        return true;
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

            ref var met = ref CollectionsMarshal.GetValueRefOrAddDefault(_met, stretch.Who, out var isKnown);
            met = isKnown ? met with { Shared = met.Shared + shared } : new Met(stretch.Thread, shared);
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
        var longest = new PriorityQueue<(long Who, Met Met), (long Shared, long Id)>(Math.Min(most, _met.Count) + 1);
        foreach (var (who, met) in _met)
        {
            longest.Enqueue((who, met), (met.Shared, -who));
            if (longest.Count > most)
            {
                longest.Dequeue();
            }
        }

        var named = new OverlapShare[longest.Count];
        for (var i = named.Length - 1; i >= 0; i--)
        {
            var (who, met) = longest.Dequeue();
            named[i] = new OverlapShare(who, met.Thread, timeline.Length(met.Shared));
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(named);
    }

    /// <summary>One who worked, and how long of it counts.</summary>
    private readonly record struct Met(ThreadIdentity Thread, long Shared);
}
