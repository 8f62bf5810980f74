using System.Globalization;
using System.Net;
using System.Text;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Comparing.Report;

/// <summary>Requests as rows, what each did when as bars, as SVG.</summary>
internal static class Timeline
{
    private const int Width = 900;
    private const int Left = 150;
    private const int Row = 20;
    private const int Foot = 24;

    /// <summary>What a phase is called in a record, what it is called here, and its colour.</summary>
    public static readonly (string Kind, string Name, string Colour)[] Kinds =
    [
        ("work", "works", "#2e9d57"), ("db", "waits for the database", "#4a7fd1"), ("io", "waits for I/O", "#7fa8e0"), ("queue", "queues", "#e0a030"),
        ("thread_start", "its thread is started", "#f0cf80"), ("connection", "waits for a connection", "#9b6bd1"), ("gil", "waits for the lock to compute", "#d1495b"),
        ("pipeline", "is read or answered", "#c8c8c8"),
    ];

    public static string Svg(IReadOnlyList<ServerRecord> records)
    {
        var rows = records.Select(record => (Record: record, Start: StartMs(record))).OrderBy(row => row.Start).ToList();
        var first = rows.Count == 0 ? 0 : rows[0].Start;
        var length = Math.Max(1, rows.Select(row => row.Start - first + (row.Record["wall_ms"] ?? 0)).DefaultIfEmpty().Max());
        var scale = (Width - Left) / length;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg class=\"timeline\" viewBox=\"0 0 {Width} {(rows.Count * Row) + Foot}\" width=\"{Width}\">");
        for (var i = 0; i < rows.Count; i++)
        {
            var (record, start) = rows[i];
            var threads = record.Phases.Where(phase => phase.Kind == "work").Select(phase => phase.Thread).OfType<int>().Distinct().ToList();
            Text(svg, 0, (i * Row) + 14, $"#{record["id"]:0}{(threads.Count > 0 ? $" · thread {string.Join(", ", threads)}" : "")}");
            var shares = Shares(record);
            foreach (var phase in record.Phases)
            {
                var (_, name, colour) = Array.Find(Kinds, kind => kind.Kind == phase.Kind);
                svg.Append(
                    CultureInfo.InvariantCulture,
                    $"<rect x=\"{Left + ((start - first + phase.StartMs) * scale):0.##}\" y=\"{(i * Row) + 3}\" width=\"{Math.Max(0.3, (phase.EndMs - phase.StartMs) * scale):0.##}\" height=\"{Row - 6}\" fill=\"{colour ?? "#888"}\"><title>{WebUtility.HtmlEncode(name ?? phase.Kind)}: {phase.EndMs - phase.StartMs:0.00} ms{(phase.Kind == "work" ? shares : "")}</title></rect>");
            }
        }

        Text(svg, Left, (rows.Count * Row) + 16, "0");
        Text(svg, Width - 60, (rows.Count * Row) + 16, string.Create(CultureInfo.InvariantCulture, $"{length:0} ms"));
        return svg.Append("</svg>").ToString();
    }

    private static void Text(StringBuilder svg, int x, int y, string text) =>
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x}\" y=\"{y}\" font-size=\"11\">{WebUtility.HtmlEncode(text)}</text>");

    /// <summary>What all the work of a record was in truth, as far as the system tells: a bar is not all computing.</summary>
    private static string Shares(ServerRecord record) => record["cpu_ms"] is not { } cpu ? ""
        : string.Create(CultureInfo.InvariantCulture, $" (of all its work {cpu:0.00} ms on a CPU, {record["runnable_ms"] ?? 0:0.00} wanting one, {record["gc_ms"] ?? 0:0.00} in collections, {record["lock_ms"] ?? 0:0.00} for locks)");

    private static double StartMs(ServerRecord record) =>
        DateTimeOffset.TryParse(record.Text("started_at"), CultureInfo.InvariantCulture, out var started) ? started.UtcTicks / (double)TimeSpan.TicksPerMillisecond : 0;
}
