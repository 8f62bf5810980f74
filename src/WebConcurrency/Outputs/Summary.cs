using System.Collections.Immutable;
using WebConcurrency.Recording;

namespace WebConcurrency.Outputs;

/// <summary>Condenses the kept records by strategy, method and route: labels from fixed sets, so the result is bounded.</summary>
internal static class Summary
{
    public static ImmutableArray<RouteJson> ByRoute(ImmutableArray<RequestRecord> records, Columns columns) =>
        [.. records
            .GroupBy(record => (record.Strategy, record.Method, record.Route))
            .OrderBy(group => group.Key)
            .Select(group => Condense(group.Key.Strategy, group.Key.Method, group.Key.Route, [.. group.Select(columns.Of)]))];

    private static RouteJson Condense(string? strategy, string method, string route, ImmutableArray<RecordJson> rows)
    {
        var percentiles = new SortedDictionary<string, PercentilesJson>(StringComparer.Ordinal);
        foreach (var (name, column) in Figures)
        {
            var values = rows.Select(column).OfType<double>().ToList();
            if (values.Count > 0)
            {
                percentiles[name] = PercentilesJson.Of(values);
            }
        }

        return new RouteJson(strategy, method, route, rows.Length, percentiles, Overlap(rows));
    }

    private static RouteOverlapJson? Overlap(ImmutableArray<RecordJson> rows)
    {
        var measured = rows.Where(row => row.CoveredMs is not null).ToList();
        if (measured.Count == 0)
        {
            return null;
        }

        var waited = Math.Round(measured.Sum(row => (row.DbMs ?? 0) + (row.IoMs ?? 0)), 3);
        var covered = Math.Round(measured.Sum(row => row.CoveredMs!.Value), 3);
        var work = Math.Round(measured.Sum(row => row.OthersWorkMs!.Value), 3);
        return new RouteOverlapJson(waited, covered, work) { CoveredShare = waited > 0 ? Math.Round(covered / waited, 4) : null };
    }

    private static readonly (string Name, Func<RecordJson, double?> Column)[] Figures =
    [
        ("wall_ms", row => row.WallMs),
        ("queue_ms", row => row.QueueMs),
        ("thread_start_ms", row => row.ThreadStartMs),
        ("connection_ms", row => row.ConnectionMs),
        ("db_ms", row => row.DbMs),
        ("io_ms", row => row.IoMs),
        ("gil_ms", row => row.GilMs),
        ("work_ms", row => row.WorkMs),
        ("wait_ms", row => row.WaitMs),
        ("covered_ms", row => row.CoveredMs),
        ("others_work_ms", row => row.OthersWorkMs),
        ("overlapped", row => row.Overlapped),
        ("hops", row => row.Hops),
    ];
}
