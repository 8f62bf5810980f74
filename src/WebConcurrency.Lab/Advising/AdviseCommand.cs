using System.CommandLine;
using Spectre.Console;
using WebConcurrency.Lab.Load;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Advising;

/// <summary><c>advise</c>: which strategy, how many threads and connections for a piece of work, and whether they do what they promise.</summary>
internal static class AdviseCommand
{
    /// <param name="progress">Where the progress is shown.</param>
    public static Command Create(IAnsiConsole progress)
    {
        var url = ServerOption.Create();
        var json = JsonOption.Create();
        var work = WorkOption.Create("mixed?io=80&cpu=5");
        var seconds = NumberOption.Create("--seconds", 3.0, 0.1, 600, "How long each level is measured, up and down again, and the advice at the end.");
        var utilisation = NumberOption.Create("--utilisation", 0.8, 0.1, 1.0, "The share of the cores' time that is to be used.");
        var tolerance = NumberOption.Create("--tolerance-percent", 15.0, 0, 1_000, "How far the prediction may be off.");
        var command = new Command(
            "advise",
            $"Advises strategy, threads and connections for some work, starts a server with them and compares what it does with what was predicted. Exit code {ExitCodes.Right}: as predicted; "
            + $"{ExitCodes.ServerFailed}: no server that can be used; {ExitCodes.Off}: not as predicted; {ExitCodes.NotChecked}: not checked, because the server is somebody else's; "
            + $"{ExitCodes.NoAdvice}: what was measured carries no advice.")
        {
            url, json, work, seconds, utilisation, tolerance,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            // Ctrl-C is only listened for once this method has returned for the first time.
            await Task.Yield();
            var advisor = new Advisor(parsed.GetValue(work)!, parsed.GetValue(utilisation), TimeSpan.FromSeconds(parsed.GetValue(seconds)));
            Advice? advice = null;
            string? obstacle = null;
            AdviceCheck? check = null;
            var end = await Attempt.RunAsync(progress, "starting a server", Advisor.Steps, async step =>
            {
                await using (var own = parsed.GetValue(url) is null ? await OwnedServer.StartAsync(new Dictionary<string, string>(), cancellationToken) : null)
                {
                    using var client = new ServerClient(parsed.GetValue(url) ?? own!.Address);
                    var measured = await advisor.MeasureAsync(client, own, step, cancellationToken);
                    var usl = Advice.Obstacle(measured, usl: null) is null ? UslFit.To(measured.Points) : null;
                    obstacle = Advice.Obstacle(measured, usl);
                    advice = obstacle is null ? Advice.Of(measured, usl!, parsed.GetValue(utilisation)) : null;
                }

                if (advice is null || parsed.GetValue(url) is not null)
                {
                    return advice is null ? ExitCodes.NoAdvice : ExitCodes.NotChecked;
                }

                step("the same with what is advised");
                await using var advised = await OwnedServer.StartAsync(advice.Settings, cancellationToken);
                check = new AdviceCheck(advice, await advisor.CheckAsync(advised.Address, advice, cancellationToken), parsed.GetValue(tolerance));
                return check.ExitCode;
            }, cancellationToken);
            if (parsed.GetValue(json))
            {
                LabJson.Write(Console.Out, AdviceReport.ForMachines(parsed.GetValue(work)!, advisor.Measured, advice, obstacle, check, end));
            }
            else
            {
                AdviceReport.Write(LabConsole.Create(Console.Out), parsed.GetValue(work)!, advisor.Measured, advice, obstacle, check, parsed.GetValue(url) is null);
            }

            return await end.TellAsync();
        });
        return command;
    }
}
