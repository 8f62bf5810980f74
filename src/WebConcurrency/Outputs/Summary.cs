using System.Collections.Immutable;
using WebConcurrency.Ledger;
using WebConcurrency.Recording;

namespace WebConcurrency.Outputs;

/// <summary>Condenses the kept records by strategy, method and route: labels from fixed sets, so the result is bounded.</summary>
internal static class Summary
{
    public static ImmutableArray<RouteJson> ByRoute(ImmutableArray<RecordFigures> records, Columns columns) =>
        [.. records
            .GroupBy(record => (record.Strategy, record.Method, record.Route))
            .OrderBy(group => group.Key)
            .Select(group => Condense(group.Key.Strategy, group.Key.Method, group.Key.Route, [.. group.Select(record => (record, columns.Of(record, [])))]))];

    private static RouteJson Condense(string? strategy, string method, string route, ImmutableArray<(RecordFigures Figures, RecordJson Row)> rows)
    {
        var percentiles = new SortedDictionary<string, PercentilesJson>(StringComparer.Ordinal);
        foreach (var (name, column) in Figures)
        {
            var values = rows.Select(row => column(row.Row)).OfType<double>().ToList();
            if (values.Count > 0)
            {
                percentiles[name] = PercentilesJson.Of(values);
            }
        }

        return new RouteJson(strategy, method, route, rows.Length, percentiles, Overlap(rows));
    }

    private static RouteOverlapJson? Overlap(ImmutableArray<(RecordFigures Figures, RecordJson Row)> rows)
    {
        var measured = rows.Where(row => row.Row.CoveredMs is not null).Select(row => row.Figures).ToList();
        if (measured.Count == 0)
        {
            return null;
        }

        // From the clock alone: what others did during a wait is not known without the CPU time inside it.
        var waited = Math.Round(measured.Sum(record => record.Times.IoWait.TotalMilliseconds), 3);
        var covered = Math.Round(measured.Sum(record => record.Covered.TotalMilliseconds), 3);
        var work = Math.Round(measured.Sum(record => record.OthersWork.TotalMilliseconds), 3);
        return new RouteOverlapJson(waited, covered, work) { CoveredShare = waited > 0 ? Math.Round(covered / waited, 4) : null };
    }

    /// <summary>Every column that is a number.</summary>
    public static readonly (string Name, Func<RecordJson, double?> Column)[] Figures =
    [
        ("wall_ms", row => row.WallMs),
        ("queue_ms", row => row.QueueMs),
        ("thread_start_ms", row => row.ThreadStartMs),
        ("connection_ms", row => row.ConnectionMs),
        ("db_ms", row => row.DbMs),
        ("io_ms", row => row.IoMs),
        ("gil_ms", row => row.GilMs),
        ("lock_ms", row => row.LockMs),
        ("gc_ms", row => row.GcMs),
        ("cpu_ms", row => row.CpuMs),
        ("runnable_ms", row => row.RunnableMs),
        ("unexplained_ms", row => row.UnexplainedMs),
        ("work_ms", row => row.WorkMs),
        ("wait_ms", row => row.WaitMs),
        ("covered_ms", row => row.CoveredMs),
        ("others_work_ms", row => row.OthersWorkMs),
        ("overlapped", row => row.Overlapped),
        ("hops", row => row.Hops),
        ("arrival_ms", row => row.ArrivalMs),
        ("pool_delay_ms", row => row.PoolDelayMs),
        ("parallel_cpu_ms", row => row.ParallelCpuMs),
        ("allocated_bytes", row => row.AllocatedBytes),
    ];
}
