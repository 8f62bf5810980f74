using System.Globalization;
using Spectre.Console;

namespace WebConcurrency.Lab.Comparing;

/// <summary>A comparison as rows of text: for the console (a pipe gets Markdown), for the report, and for machines.</summary>
internal static class ComparisonTable
{
    public static readonly string[] Titles =
    [
        "strategy", "load", "req/s", "rounds", "p50 ms", "p90 ms", "p99 ms", "failed", "of bound", "queue", "conn.", "db", "gil", "cpu", "runnable", "covered", "arrival", "wall", "unexpl.", "server CPU", "MiB",
    ];

    /// <summary>Where a line is too narrow for all of it, these are left to <c>--json</c> and the page.</summary>
    private static readonly HashSet<string> OnlyWhereWide = ["arrival", "wall", "unexpl."];

    /// <summary>What all columns need with their numbers.</summary>
    private const int WidthOfAll = 220;

    public static IReadOnlyList<string> Row(Cell cell, Bound? bound) =>
    [
        cell.Strategy,
        cell.Level.Name,
        Number(cell.PerSecond, "0.0"),
        cell.Rounds == 0 ? "" : $"{Number(cell.Rates.Min(), "0")}–{Number(cell.Rates.Max(), "0")}",
        Number(cell.Latency.PercentileMs(50)),
        Number(cell.Latency.PercentileMs(90)),
        Number(cell.Latency.PercentileMs(99)),
        cell.Failed.ToString(CultureInfo.InvariantCulture),
        Number(100 * Share(cell, bound), "0") is { Length: > 0 } share ? share + " %" : "",
        .. Cell.Columns.Select(column => Number(cell.Column(column))),
        Number(cell.CpuMs),
        Number(cell.MemoryMib, "0"),
    ];

    /// <summary>Of the throughput that so many at once could have; not a number in an open loop, whose rate is given.</summary>
    public static double Share(Cell cell, Bound? bound) => bound is null || cell.Level.Rate is not null ? double.NaN : cell.PerSecond / bound.PerSecond(cell.Level.Connections);

    /// <summary>What stands above the table.</summary>
    public static string Heading(Comparison comparison)
    {
        var text = $"/{comparison.Work}; times are ms of a request";
        return comparison.Bound is { } bound
            ? text + $"; it waits for W = {Number(bound.Profile.WaitMs, "0.00")} ms when it is alone and computes for C = {Number(bound.Profile.ComputeMs, "0.00")} ms at the least, "
                + $"and the bound of N at once is min(N / (W + C), {(bound.Cores is { } cores ? $"{cores} cores" : "cores")} / C)."
            : text + ".";
    }

    public static void Write(IAnsiConsole console, Comparison comparison)
    {
        console.WriteLine(Heading(comparison));
        var table = new Table().Border(console.Profile.Out.IsTerminal ? TableBorder.Simple : TableBorder.Markdown);
        var shown = Titles.Select(title => console.Profile.Width >= WidthOfAll || !OnlyWhereWide.Contains(title)).ToList();
        foreach (var title in Titles.Where((_, i) => shown[i]))
        {
            table.AddColumn(new TableColumn(title) { NoWrap = true, Alignment = title == "strategy" ? Justify.Left : Justify.Right });
        }

        foreach (var cell in comparison.Cells.Where(cell => cell.Rounds > 0))
        {
            table.AddRow(Row(cell, comparison.Bound).Where((_, i) => shown[i]).Select(value => new Text(value)));
        }

        console.Write(table);
        foreach (var cell in comparison.Cells.Where(cell => cell.GeneratorWasBottleneck))
        {
            console.WriteLine($"{cell.Strategy} at {cell.Level.Name}: the load generator was the bottleneck.");
        }
    }

    public static object ForMachines(Comparison? comparison, AttemptEnd end) => new
    {
        comparison?.Work,
        WaitMs = comparison?.Bound is { } bound ? LabJson.Number(bound.Profile.WaitMs) : null,
        ComputeMs = comparison?.Bound is { } same ? LabJson.Number(same.Profile.ComputeMs) : null,
        Cells = comparison?.Cells.Where(cell => cell.Rounds > 0).Select(cell => new
        {
            cell.Strategy,
            cell.Level.Connections,
            cell.Level.Rate,
            PerSecond = LabJson.Number(cell.PerSecond),
            Rounds = cell.Rates.Select(LabJson.Number),
            P50Ms = LabJson.Number(cell.Latency.PercentileMs(50)),
            P90Ms = LabJson.Number(cell.Latency.PercentileMs(90)),
            P99Ms = LabJson.Number(cell.Latency.PercentileMs(99)),
            cell.Failed,
            ShareOfBound = LabJson.Number(Share(cell, comparison.Bound)),
            Columns = Cell.Columns.Where(column => double.IsFinite(cell.Column(column))).ToDictionary(column => column, column => LabJson.Number(cell.Column(column))),
            ServerCpuMs = LabJson.Number(cell.CpuMs),
            MemoryMib = LabJson.Number(cell.MemoryMib),
            cell.GeneratorWasBottleneck,
        }) ?? [],
        end.Failure,
        end.ExitCode,
    };

    private static string Number(double value, string format = "0.00") => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "";
}
