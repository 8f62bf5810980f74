using System.Runtime.InteropServices;
using WebConcurrency.Recording;

namespace WebConcurrency.Ledger;

/// <summary>Looks through the work log for those who worked during a record's waits. For one caller at a time: its buffers are reused.</summary>
internal sealed class OverlapFinder(RequestTimeline timeline)
{
    private readonly WorkStretch[] _chunk = new WorkStretch[256];
    private readonly List<WorkStretch> _workers = [];
    private readonly List<Phase> _waits = [];
    private readonly Dictionary<(RequestRecorder Who, ThreadIdentity Thread), long> _shares = [];

    /// <summary>
    /// How many other requests worked during the record's I/O waits; <see langword="null"/> when not all work or not all waits are kept.
    /// At most once for a record: it marks those it has counted.
    /// </summary>
    public int? Count(RequestRecord record)
    {
        if (record.PhasesLeftOut)
        {
            return null;
        }

        _waits.Clear();
        foreach (var phase in record.Phases)
        {
            if (RequestRecorder.IsIoWait(phase.Kind))
            {
                _waits.Add(phase);
            }
        }

        var count = 0;
        var complete = Visit(record, (who, _, _) =>
        {
            if (who.CountedFor != record.Sequence)
            {
                who.CountedFor = record.Sequence;
                count++;
            }
        });
        return complete ? count : null;
    }

    /// <summary>Who worked during those of a record's phases that are named.</summary>
    public OverlapFinding Find(RequestRecord record, Func<Phase, bool> wanted)
    {
        _waits.Clear();
        _waits.AddRange(record.Phases.Where(wanted));
        _shares.Clear();
        var complete = Visit(record, (who, thread, shared) =>
        {
            ref var ticks = ref CollectionsMarshal.GetValueRefOrAddDefault(_shares, (who, thread), out _);
            ticks += shared;
        });
        return new OverlapFinding(
            [.. _shares.OrderByDescending(share => share.Value).ThenBy(share => share.Key.Who.Id)
                .Select(share => new OverlapShare(share.Key.Who, share.Key.Thread, timeline.Length(share.Value)))],
            complete && !record.PhasesLeftOut);
    }

    /// <summary>Visits every stretch of others' work that shares time with <see cref="_waits"/>, each once.</summary>
    /// <returns>Whether the log still held all of them.</returns>
    private bool Visit(RequestRecord record, Action<RequestRecorder, ThreadIdentity, long> found)
    {
        if (_waits.Count == 0)
        {
            return true;
        }

        // One instant divides the work into what is logged before `end` and what still went on.
        var end = timeline.CopyWorkers(_workers);
        VisitAll(CollectionsMarshal.AsSpan(_workers));
        for (var position = record.FirstIoWaitPosition; position < end;)
        {
            var wanted = (int)Math.Min(end - position, _chunk.Length);
            if (!timeline.TryCopyWork(position, _chunk.AsSpan(0, wanted)))
            {
                return false;
            }

            VisitAll(_chunk.AsSpan(0, wanted));
            position += wanted;
        }

        return true;

        void VisitAll(ReadOnlySpan<WorkStretch> stretches)
        {
            foreach (var stretch in stretches)
            {
                // The record's own work is not among them: a request never works while it waits.
                if (Shared(stretch) is > 0 and var shared)
                {
                    found(stretch.Who, stretch.Thread, shared);
                }
            }
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
}
