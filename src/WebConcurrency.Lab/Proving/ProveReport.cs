using Spectre.Console;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Proving;

/// <summary>The verdicts, for people and for machines.</summary>
internal static class ProveReport
{
    public static void Write(IAnsiConsole console, ServerFacts server, IReadOnlyList<ClaimVerdict> verdicts, bool isOver)
    {
        console.WriteLine($"The server at {server.Address}, {server.Lab?.Cores} cores. Each figure is the median of its readings.");
        for (var number = 0; number < verdicts.Count; number++)
        {
            var verdict = verdicts[number];
            console.WriteLine();
            console.Write(new Text($"{number + 1}. {verdict.Claim.Sentence}: "));
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

        var failed = verdicts.Where(verdict => !verdict.Holds).Select(verdict => verdict.Claim.Name).ToList();
        console.WriteLine();
        console.WriteLine(
            (isOver ? "" : "It ended early. ") + (failed.Count == 0 ? (verdicts.Count == 1 ? "The claim holds." : $"All {verdicts.Count} claims hold.") : $"{failed.Count} of {verdicts.Count} claims fail: {string.Join(", ", failed)}."));
    }

    public static object ForMachines(ServerFacts? server, IReadOnlyList<ClaimVerdict> verdicts, AttemptEnd end) => new
    {
        Server = server?.Address,
        server?.Lab?.Cores,
        Claims = verdicts.Select(verdict => new
        {
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
