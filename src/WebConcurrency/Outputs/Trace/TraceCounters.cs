using System.Collections.Immutable;
using WebConcurrency.Ledger;
using WebConcurrency.Recording;

namespace WebConcurrency.Outputs.Trace;

/// <summary>Counts how many of some records ran and how many were queued, from their own phases.</summary>
internal static class TraceCounters
{
    /// <summary>The counts at each instant at which they changed, in order of time.</summary>
    public static IEnumerable<(long At, int Running, int Queued)> Of(ImmutableArray<RequestRecord> records)
    {
        var changes = new SortedDictionary<long, (int Running, int Queued)>();
        foreach (var record in records)
        {
            Change(record.Figures.Started, 1, 0);
            Change(record.Figures.Finished, -1, 0);
            foreach (var phase in record.Phases)
            {
                if (phase.Kind.IsQueue())
                {
                    Change(phase.Start, -1, 1);
                    Change(phase.End, 1, -1);
                }
            }
        }

        var (running, queued) = (0, 0);
        foreach (var (at, change) in changes)
        {
            if (change != default)
            {
                (running, queued) = (running + change.Running, queued + change.Queued);
                yield return (at, running, queued);
            }
        }

        void Change(long at, int run, int queue)
        {
            var (r, q) = changes.GetValueOrDefault(at);
            changes[at] = (r + run, q + queue);
        }
    }
}
