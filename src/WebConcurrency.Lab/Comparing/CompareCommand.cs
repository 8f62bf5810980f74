using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using WebConcurrency.Lab.Comparing.Report;
using WebConcurrency.Lab.Load;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Comparing;

/// <summary><c>compare</c>: the same work under several strategies and at several levels.</summary>
internal static class CompareCommand
{
    private static readonly string[] Strategies = ["serial", "thread", "pool", "threadpool", "async", "gil"];

    /// <param name="progress">Where the progress is shown.</param>
    public static Command Create(IAnsiConsole progress)
    {
        var url = ServerOption.Create();
        var json = JsonOption.Create();
        var work = WorkOption.Create("mixed?io=20&cpu=5");
        var strategies = ListOption.Create(
            "--strategies", Strategies, "Which ones.", given => Array.Find(Strategies, strategy => strategy == given), string.Join(", ", Strategies));
        var connections = ListOption.Create<Level>(
            "--connections", [new(1), new(8), new(64)], "Requests at once.", Connections, $"whole numbers from 1 to {LoadOptions.MostConnections}");
        var rate = ListOption.Create<Level>("--rate", [], "Instead: requests that are due each second, whatever becomes of those before.", Rate, "numbers from 0.1 to 100000");
        var seconds = NumberOption.Create("--seconds", 2.0, 0.1, 600, "How long each round of each is measured.");
        var rounds = NumberOption.Create("--rounds", 3, 1, 100, "How often each is measured; the median counts.");
        var report = new Option<FileInfo?>("--report") { Description = "Write a page with plots and timelines to this file.", HelpName = "file.html" };
        var command = new Command(
            "compare",
            $"Measures the same work under several strategies, in turns. Exit code {ExitCodes.Right}: measured; {ExitCodes.ServerFailed}: no server that can be used, or it failed half-way.")
        {
            url, json, work, strategies, connections, rate, seconds, rounds, report,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(report)?.Tokens is [var file] && Unwritable(file.Value) is { } reason)
            {
                result.AddError($"--report is '{file.Value}'; {reason}");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            // Ctrl-C is only listened for once this method has returned for the first time.
            await Task.Yield();
            Comparison? comparison = null;
            ServerFacts? server = null;
            var levels = parsed.GetValue(rate) is { Count: > 0 } open ? open : parsed.GetValue(connections)!;
            var steps = levels.Count * parsed.GetValue(strategies)!.Count * parsed.GetValue(rounds);
            var end = await Attempt.RunAsync(progress, "starting a server", steps + 3, async step =>
            {
                await using var own = parsed.GetValue(url) is null ? await OwnedServer.StartAsync(new Dictionary<string, string>(), cancellationToken) : null;
                using var client = new ServerClient(parsed.GetValue(url) ?? own!.Address);
                server = await client.FactsAsync(cancellationToken);
                comparison = new Comparison(
                    client, parsed.GetValue(work)!, parsed.GetValue(strategies)!, levels, TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(rounds), own is not null);
                await comparison.RunAsync(server, step, cancellationToken);
                return ExitCodes.Right;
            }, cancellationToken);
            if (parsed.GetValue(json))
            {
                LabJson.Write(Console.Out, ComparisonTable.ForMachines(comparison, end));
            }
            else if (comparison is not null)
            {
                ComparisonTable.Write(LabConsole.Create(Console.Out), comparison);
            }

            if (comparison is not null && parsed.GetValue(report) is { } file)
            {
                await File.WriteAllTextAsync(file.FullName, ReportPage.Of(server!, comparison, end.Failure), CancellationToken.None);
            }

            return await end.TellAsync();
        });
        return command;
    }

    /// <summary>Why a file cannot be written, found out before everything is measured for it; <see langword="null"/>: it can, and is as it was.</summary>
    private static string? Unwritable(string file)
    {
        try
        {
            var isNew = !File.Exists(file);
            using (File.Open(file, FileMode.OpenOrCreate, FileAccess.Write))
            {
            }

            if (isNew)
            {
                File.Delete(file);
            }

            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return $"it cannot be written: {exception.Message}";
        }
    }

    private static Level? Connections(string given) =>
        int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= LoadOptions.MostConnections ? new Level(count) : null;

    private static Level? Rate(string given) =>
        double.TryParse(given, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate) && rate is >= 0.1 and <= LoadOptions.MostPerSecond
            ? new Level(LoadOptions.OpenConnections, rate)
            : null;
}
