using System.Globalization;
using Spectre.Console;
using WebConcurrency.Lab.Load;

namespace WebConcurrency.Lab.Advising;

/// <summary>An advice with its formulas and the numbers in them, for people and for machines.</summary>
internal static class AdviceReport
{
    public static void Write(IAnsiConsole console, string work, Measurement? measured, Advice? advice, string? obstacle, AdviceCheck? check, bool isOwn)
    {
        if (measured is null)
        {
            return;
        }

        var profile = measured.Profile;
        console.WriteLine($"/{work} on {measured.Cores} cores. Alone a request waits for W = {profile.WaitMs:0.00} ms (n = {profile.Samples}) and computes for {profile.ComputeMs:0.00} ms;");
        console.WriteLine($"among others it costs C = {measured.CpuMs:0.00} ms of CPU ({measured.CpuOf}). W contains the database's computing as well.");
        Levels(console, measured, advice);
        if (obstacle is not null)
        {
            console.WriteLine($"No advice: {obstacle}.");
        }

        if (advice is null)
        {
            return;
        }

        foreach (var line in Formulas(measured, advice))
        {
            console.WriteLine(line);
        }

        console.WriteLine($"set          {string.Join(' ', advice.Settings.Select(setting => $"{setting.Key}={setting.Value}"))}");
        if (check is not null)
        {
            console.WriteLine(Line(
                $"measured     {check.Load.PerSecond:0.0} requests/s with that, asked by {check.Load.Plan.Connections} at once (p99 {check.Load.Latency.PercentileMs(99):0} ms): predicted {advice.Predicted:0.0}, {100 * check.Error:+0.0;-0.0} %."));
            if (check.Fault is { } fault)
            {
                console.WriteLine($"NOT AS PREDICTED: {fault}.");
            }
        }
        else if (!isOwn)
        {
            console.WriteLine("Predicted, not checked: this server cannot be started anew from here.");
        }
    }

    public static object ForMachines(string work, Measurement? measured, Advice? advice, string? obstacle, AdviceCheck? check, AttemptEnd end) => new
    {
        Work = work,
        measured?.Cores,
        WaitMs = measured is null ? null : LabJson.Number(measured.Profile.WaitMs),
        ComputeMs = measured is null ? null : LabJson.Number(measured.Profile.ComputeMs),
        CpuMs = measured is null ? null : LabJson.Number(measured.CpuMs),
        measured?.CpuOf,
        Levels = measured?.Points.Select(point => new { point.AtOnce, PerSecond = LabJson.Number(point.PerSecond), point.Answers, point.Failed, point.GeneratorWasBottleneck }) ?? [],
        Refusal = obstacle,
        Advice = advice is null ? null : new
        {
            advice.Strategy,
            advice.Threads,
            advice.Connections,
            advice.IsCapped,
            advice.Settings,
            Usl = new
            {
                Lambda = LabJson.Number(advice.Usl.Lambda), Sigma = Math.Round(advice.Usl.Sigma, 6), Kappa = Math.Round(advice.Usl.Kappa, 8),
                RSquared = LabJson.Number(advice.Usl.RSquared), Peak = LabJson.Number(advice.Usl.Peak),
            },
            Model = advice.UsesUsl ? "usl" : "estimate",
            PredictedPerSecond = LabJson.Number(advice.Predicted),
        },
        Checked = check is null ? null : new
        {
            PerSecond = LabJson.Number(check.Load.PerSecond),
            P99Ms = LabJson.Number(check.Load.Latency.PercentileMs(99)),
            Error = LabJson.Number(check.Error),
            check.Load.Refused,
            check.Load.Unanswered,
            check.Load.GeneratorIsBottleneck,
            check.Fault,
        },
        end.Failure,
        end.ExitCode,
    };

    private static void Levels(IAnsiConsole console, Measurement measured, Advice? advice)
    {
        var table = new Table().Border(console.Profile.Out.IsTerminal ? TableBorder.Simple : TableBorder.Markdown);
        foreach (var title in new[] { "at once", "requests/s", "estimate", "scalability law", "answers" })
        {
            table.AddColumn(new TableColumn(title) { NoWrap = true, Alignment = Justify.Right });
        }

        foreach (var point in measured.Points)
        {
            table.AddRow(
                $"{point.AtOnce}", $"{point.PerSecond:0.0}", $"{Advice.Estimate(measured, point.AtOnce):0.0}", advice is null ? "" : $"{advice.Usl.PerSecond(point.AtOnce):0.0}", $"{point.Answers}");
        }

        console.Write(table);
    }

    private static IEnumerable<string> Formulas(Measurement measured, Advice advice)
    {
        var (wait, cpu, with, cores, usl) = (measured.Profile.WaitMs, measured.CpuMs, measured.Profile.ConnectionMs, measured.Cores, advice.Usl);
        yield return Line(
            $"threads      cores × utilisation × (1 + W/C) = {cores} × {advice.Utilisation} × (1 + {wait:0.00}/{cpu:0.00}) = {Advice.ThreadsFor(cores, advice.Utilisation, wait, cpu):0.0}: {advice.Threads}{Cap(measured, advice)}");
        yield return Line(
            $"connections  X × time with one × head-room = {advice.Predicted:0.0}/s × {measured.Profile.ConnectionMs:0.00} ms × {Advice.HeadRoom} = {advice.Predicted * measured.Profile.ConnectionMs / 1e3 * Advice.HeadRoom:0.0}: {advice.Connections}, never more than threads");
        yield return Line($"strategy     {advice.Strategy}: {StrategyRule.Reason(advice.Strategy)}");
        yield return Line(
            $"law          X(N) = λN / (1 + σ(N−1) + κN(N−1)) with λ = {usl.Lambda:0.00}/s, σ = {usl.Sigma:0.0000}, κ = {usl.Kappa:0.000000}, R² = {usl.RSquared:0.000}; N* = √((1−σ)/κ) = {(double.IsFinite(usl.Peak) ? usl.Peak.ToString("0", CultureInfo.InvariantCulture) : "none")}");
        yield return Line(
            $"predicted    {advice.Predicted:0.0} requests/s by {(advice.UsesUsl ? "the scalability law" : "the estimate")}; min(N / (W + C), cores / C{(with > 0 ? ", connections / time with one" : "")}) = min({advice.Threads} / {wait + cpu:0.00} ms, {cores} / {cpu:0.00} ms{(with > 0 ? Line($", {measured.Connections} / {with:0.00} ms") : "")}) = {advice.ByEstimate:0.0}, the law {advice.ByUsl:0.0}");
        yield return Line($"             At the levels above the estimate is off by {advice.EstimateError:0.0%} on average and the law by {advice.UslError:0.0%}. Neither knows a distribution: no p99 is predicted.");
    }

    private static string Cap(Measurement measured, Advice advice) => !advice.IsCapped ? ""
        : measured.Most == measured.Connections ? $", because the server has no more than {measured.Connections} database connections (Postgres__Connections)"
        : $", because the load generator asks for no more than {measured.Most} at once";

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
