using System.CommandLine;
using Spectre.Console;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Proving;

/// <summary><c>prove</c>: each claim as an experiment, with what must be found if it is true.</summary>
internal static class ProveCommand
{
    /// <param name="progress">Where the progress is shown.</param>
    public static Command Create(IAnsiConsole progress)
    {
        var url = ServerOption.Create();
        var json = JsonOption.Create();
        var repetitions = NumberOption.Create("--repetitions", 3, 1, 100, "How often each experiment is done before it is judged by the median.");
        var names = Prover.Claims(1).Select(claim => claim.Name).ToArray();
        var only = new Option<string[]>("--only") { Description = "Claims, by name; without it all.", AllowMultipleArgumentsPerToken = true, Arity = ArgumentArity.OneOrMore };
        only.AcceptOnlyFromAmong(names);
        var command = new Command(
            "prove",
            $"Puts each claim of this project to an experiment. Exit code {ExitCodes.Right}: all hold; {ExitCodes.ServerFailed}: no server that can be used; {ExitCodes.Off}: one does not.")
        {
            url, json, repetitions, only,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            // Ctrl-C is only listened for once this method has returned for the first time.
            await Task.Yield();
            ServerFacts? server = null;
            Prover? prover = null;
            var chosen = parsed.GetValue(only) is { Length: > 0 } some ? some : names;
            var end = await Attempt.RunAsync(progress, "starting a server", chosen.Length, async step =>
            {
                await using var own = parsed.GetValue(url) is null ? await OwnedServer.StartAsync(new Dictionary<string, string>(), cancellationToken) : null;
                using var client = new ServerClient(parsed.GetValue(url) ?? own!.Address);
                server = await client.FactsAsync(cancellationToken);
                var lab = server.Lab ?? throw new ServerException($"The server at {client.Address} has its /lab off: start it with Lab__Enabled=true.");
                prover = new Prover(new Bench(client, lab.Cores), parsed.GetValue(repetitions));
                await prover.RunAsync(Prover.Claims(lab.Cores).Where(claim => chosen.Contains(claim.Name)), step, cancellationToken);
                return prover.Verdicts.All(verdict => verdict.Holds) ? ExitCodes.Right : ExitCodes.Off;
            }, cancellationToken);
            var verdicts = prover?.Verdicts ?? [];
            if (parsed.GetValue(json))
            {
                LabJson.Write(Console.Out, ProveReport.ForMachines(server, verdicts, end));
            }
            else if (server is not null)
            {
                ProveReport.Write(LabConsole.Create(Console.Out), server, verdicts, chosen.Distinct().Count(), end.Failure is null);
            }

            return await end.TellAsync();
        });
        return command;
    }
}
