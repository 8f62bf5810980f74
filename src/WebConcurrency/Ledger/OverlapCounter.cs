using System.Runtime.InteropServices;
using WebConcurrency.Recording;

namespace WebConcurrency.Ledger;

/// <summary>
/// Counts for every record who worked during its I/O waits. The work of a whole batch of requests is copied once and then looked through without a lock:
/// under load each stretch of work falls into the waits of many. Not thread-safe.
/// </summary>
internal sealed class OverlapCounter(RequestTimeline timeline)
{
    /// <summary>Copied at once: everybody else's requests wait meanwhile.</summary>
    private const int Chunk = 256;

    private readonly List<WorkStretch> _workers = [];
    private readonly List<Phase> _waits = [];
    private WorkStretch[] _log = [];

    // Where in the work log the copy begins and ends.
    private long _first;
    private long _end;

    /// <summary>Looks at the work of the time in which these requests waited. They have all closed.</summary>
    public void Look(List<RequestTrace> closed)
    {
        // One instant divides the work into what is logged before the end and what still goes on.
        _end = timeline.CopyWorkers(_workers);
        _first = _end;
        foreach (var trace in closed)
        {
            if (trace.FirstIoWaitPosition >= 0)
            {
                _first = Math.Min(_first, trace.FirstIoWaitPosition);
            }
        }

        _first = Math.Max(_first, _end - timeline.WorkKept);
        if (_log.Length < _end - _first)
        {
            _log = new WorkStretch[Math.Min(timeline.WorkKept, Math.Max(_end - _first, 2 * _log.Length))];
        }

        Copy();
    }

    /// <summary>How many other requests worked during the I/O waits of one of them; <see langword="null"/> when not all waits or not all work of that time are kept.</summary>
    public int? Count(RequestTrace trace)
    {
        if (trace.PhasesLeftOut)
        {
            return null;
        }

        SetWaits(trace.Phases);
        if (_waits.Count == 0)
        {
            return 0;
        }

        var first = trace.FirstIoWaitPosition;
        if (first < _first)
        {
            return null;
        }

        var (count, left) = (0, trace.WorkersLeft);
        foreach (ref readonly var worker in CollectionsMarshal.AsSpan(_workers))
        {
            if (worker.Start < trace.Finished)
            {
                left--;
                count += IsNew(worker, first) ? 1 : 0;
            }
        }

        foreach (ref readonly var stretch in Logged(first, trace.LastPosition))
        {
            count += IsNew(stretch, first) ? 1 : 0;
        }

        // Those who worked when it finished came into the log later, mostly at once: behind them stands the work of those who came after. One who came at that
        // very instant shares no time with the waits and may or may not be among those left: at worst the walk goes on to the end.
        var later = Logged(trace.LastPosition, _end);
        for (var i = 0; left > 0 && i < later.Length; i++)
        {
            left -= later[i].Start < trace.Finished ? 1 : 0;
            count += IsNew(later[i], first) ? 1 : 0;
        }

        return count;
    }

    private void Copy()
    {
        for (var position = _first; position < _end; position += Chunk)
        {
            var part = _log.AsSpan((int)(position - _first), (int)Math.Min(Chunk, _end - position));
            if (!timeline.TryCopyWork(position, part))
            {
                // More was done meanwhile than is kept: this batch goes without.
                _first = _end;
                return;
            }
        }
    }

    private ReadOnlySpan<WorkStretch> Logged(long from, long to) => _log.AsSpan((int)(from - _first), (int)(to - from));

    private void SetWaits(ReadOnlySpan<Phase> phases)
    {
        _waits.Clear();
        foreach (ref readonly var phase in phases)
        {
            if (phase.Kind.IsIoWait())
            {
                _waits.Add(phase);
            }
        }
    }

    /// <summary>Whether a stretch of work shares time with the waits, and none before it of the same request does.</summary>
    private bool IsNew(in WorkStretch stretch, long first)
    {
        if (!Shares(stretch))
        {
            return false;
        }

        for (var position = stretch.Previous; position >= first; position = _log[(int)(position - _first)].Previous)
        {
            if (Shares(_log[(int)(position - _first)]))
            {
                return false;
            }
        }

        return true;
    }

    private bool Shares(in WorkStretch stretch)
    {
        // Waits are in order of time: the first that ends after the stretch began is the only one to look at.
        foreach (ref readonly var wait in CollectionsMarshal.AsSpan(_waits))
        {
            if (wait.End > stretch.Start)
            {
                return wait.Start < stretch.End;
            }
        }

        return false;
    }
}
