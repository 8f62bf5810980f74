using Spectre.Console;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Proving;

/// <summary>The verdicts, for people and for machines.</summary>
internal static class ProveReport
{
    public static void Write(IAnsiConsole console, ServerFacts server, IReadOnlyList<ClaimVerdict> verdicts, int chosen, bool isOver)
    {
        console.WriteLine($"The server at {server.Address}, {server.Lab?.Cores} cores. Each figure is the median of its readings.");
        foreach (var verdict in verdicts)
        {
            console.WriteLine();
            console.Write(new Text($"{Prover.NumberOf(verdict.Claim)}. {verdict.Claim.Sentence}: "));
            console.Write(verdict.Holds ? new Text("HOLDS", new Style(Color.Green)) : new Text("FAILS", new Style(Color.Red)));
            console.WriteLine();
            if (verdict.Refusal is { } refusal)
            {
                console.WriteLine($"   ✗ {refusal}");
            }

            foreach (var finding in verdict.Findings)
            {
                console.WriteLine(
                    $"   {(finding.Holds ? " " : "✗")} {finding.Prediction.What}: {(double.IsNaN(finding.Measured) ? "nothing" : Prediction.Shown(finding.Measured))}"
                    + $" ({(finding.Prediction.IsCounterExample ? "counter-example, " : "")}{finding.Prediction.Bounds}; n = {finding.Readings})");
            }
        }

        console.WriteLine();
        console.WriteLine(Summary(verdicts, chosen, isOver));
    }

    /// <summary>The last line.</summary>
    internal static string Summary(IReadOnlyList<ClaimVerdict> verdicts, int chosen, bool isOver)
    {
        var failed = verdicts.Where(verdict => !verdict.Holds).Select(verdict => verdict.Claim.Name).ToList();
        var tried = isOver ? "" : $"It ended early: {verdicts.Count} of {chosen} claims were tried. ";
        return tried + (verdicts.Count == 0 ? "Nothing is known of any."
            : failed.Count > 0 ? $"{failed.Count} of {verdicts.Count} claims fail: {string.Join(", ", failed)}."
            : verdicts.Count == 1 ? "The claim holds."
            : $"All {verdicts.Count} claims{(isOver ? "" : " that were tried")} hold.");
    }

    public static object ForMachines(ServerFacts? server, IReadOnlyList<ClaimVerdict> verdicts, AttemptEnd end) => new
    {
        Server = server?.Address,
        server?.Lab?.Cores,
        Claims = verdicts.Select(verdict => new
        {
            Number = Prover.NumberOf(verdict.Claim),
            verdict.Claim.Name,
            verdict.Claim.Sentence,
            verdict.Holds,
            verdict.Refusal,
            Findings = verdict.Findings.Select(finding => new
            {
                finding.Prediction.What,
                Least = LabJson.Number(finding.Prediction.Least),
                Most = LabJson.Number(finding.Prediction.Most),
                finding.Prediction.Unit,
                CounterExample = finding.Prediction.IsCounterExample,
                Measured = LabJson.Number(finding.Measured),
                finding.Readings,
                finding.Holds,
            }),
        }),
        end.Failure,
        end.ExitCode,
    };
}
