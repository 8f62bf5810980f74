using System.Globalization;
using Spectre.Console;

namespace WebConcurrency.Lab.Calibration;

/// <summary>A report for people.</summary>
internal static class CalibrationTable
{
    public static void Write(IAnsiConsole console, CalibrationReport report)
    {
        if (report.Server is not { } server)
        {
            return;
        }

        console.WriteLine(
            $"The server at {server.Address}, {(report.OwnBuild is { } build ? $"started for this ({build})" : "somebody else's")}{(server.Lab is { } lab ? $", {lab.Cores} cores" : "")}. "
            + $"A column may be off by {report.Tolerance.Percent} % and {report.Tolerance.Milliseconds} ms.");
        if (server.Lab is null)
        {
            console.WriteLine("Its /lab is off (Lab:Enabled): only what can be known from outside is calibrated.");
        }

        Judged(console, report);
        NotJudged(console, report);
        Costs(console, report);
        console.WriteLine(Conclusion(report));
    }

    private static void Judged(IAnsiConsole console, CalibrationReport report)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var title in new[] { "column", "known", "read", "error", "allowed", "n", "", "truth" })
        {
            table.AddColumn(new TableColumn(title) { NoWrap = true, Alignment = title is "column" or "truth" or "" ? Justify.Left : Justify.Right });
        }

        foreach (var verdict in report.Verdicts.Where(verdict => verdict.Outcome is Outcome.Right or Outcome.Off))
        {
            var (figure, known) = (verdict.Figure, verdict.Known);
            table.AddRow(
                new Text(figure.Column),
                new Text(Shown(known.Value, figure.Unit) + (known.Uncertainty > 0 ? $" ± {Shown(known.Uncertainty, figure.Unit)}" : "")),
                new Text(Shown(verdict.Read, figure.Unit)),
                new Text((verdict.Error > 0 ? "+" : "") + Shown(verdict.Error, figure.Unit)),
                new Text(Shown(verdict.Allowed + known.Uncertainty, figure.Unit)),
                new Text(verdict.Samples.ToString(CultureInfo.InvariantCulture)),
                verdict.Outcome == Outcome.Right ? new Text("right", new Style(Color.Green)) : new Text("OFF", new Style(Color.Red)),
                new Text(figure.Truth));
        }

        console.Write(table);
    }

    private static void NotJudged(IAnsiConsole console, CalibrationReport report)
    {
        foreach (var verdict in report.Verdicts.Where(verdict => verdict.Outcome is Outcome.Absent or Outcome.Missing))
        {
            console.WriteLine($"{(verdict.Outcome == Outcome.Missing ? "MISSING" : "No")} {verdict.Figure.Column}: {verdict.Reason}.");
        }

        foreach (var group in report.Verdicts.Where(verdict => verdict.Outcome == Outcome.NotTried).GroupBy(verdict => verdict.Reason))
        {
            console.WriteLine($"Not calibrated: {string.Join(", ", group.Select(verdict => verdict.Figure.Column).Distinct())}; {group.Key}.");
        }
    }

    private static void Costs(IAnsiConsole console, CalibrationReport report)
    {
        if (report.OwnBuild is null)
        {
            console.WriteLine("What recording costs is only measured on a server that the Lab starts: it needs one that does not record beside it.");
        }

        foreach (var cost in report.Cost)
        {
            console.WriteLine(
                $"Cost of recording on {cost.Route}, roughly (clients on the same cores, {report.OwnBuild} build): {cost.On.PerSecond:0} requests/s with it and {cost.Off.PerSecond:0} without "
                + $"({cost.Ratio:0.00}), {cost.On.CpuMicroseconds:0} and {cost.Off.CpuMicroseconds:0} µs of CPU for each ({cost.CpuMicroseconds:+0;-0} µs).");
        }
    }

    private static string Conclusion(CalibrationReport report)
    {
        var judged = report.Verdicts.Count(verdict => verdict.Outcome is Outcome.Right or Outcome.Off or Outcome.Missing);
        var off = report.Off.Select(verdict => verdict.Figure.Column).ToList();
        return report.Failure is not null ? $"It ended early, with {judged} figures judged."
            : off.Count == 0 ? $"All {judged} figures are right."
            : $"{off.Count} of {judged} figures are off: {string.Join(", ", off)}.";
    }

    private static string Shown(double value, Unit unit) => value.ToString(unit == Unit.Milliseconds ? "0.00" : "0", CultureInfo.InvariantCulture);
}
