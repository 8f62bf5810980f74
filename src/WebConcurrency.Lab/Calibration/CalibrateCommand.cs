using System.CommandLine;
using Spectre.Console;
using WebConcurrency.Lab.Cost;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Calibration;

/// <summary><c>calibrate</c>: how far the recorder's columns are from the truth on the machine at hand.</summary>
internal static class CalibrateCommand
{
    /// <summary>One connection, and a lock that its holder keeps: so it is known who waits for what.</summary>
    private static readonly Dictionary<string, string> OwnSettings = new()
    {
        ["Postgres__Connections"] = "1",
        ["Gil__SwitchIntervalMs"] = "10000",
    };

    /// <param name="progress">Where the progress is shown.</param>
    public static Command Create(IAnsiConsole progress)
    {
        var url = ServerOption.Create();
        var json = JsonOption.Create();
        var repetitions = NumberOption.Create("--repetitions", 5, 1, 100, "How often each truth is taken before it is judged by the median.");
        var percent = NumberOption.Create("--tolerance-percent", Tolerance.Default.Percent, 0, 1_000, "How far a column may be off, as a share of what is known.");
        var milliseconds = NumberOption.Create("--tolerance-ms", Tolerance.Default.Milliseconds, 0, 10_000, "And so many milliseconds more.");
        var noCost = new Option<bool>("--no-cost") { Description = "Leave the cost of recording out." };
        var command = new Command(
            "calibrate",
            $"Compares each column of the records with a known truth. Exit code {ExitCodes.Right}: right; {ExitCodes.ServerFailed}: no server that can be used; {ExitCodes.Off}: a column is off.")
        {
            url, json, repetitions, percent, milliseconds, noCost,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            // Ctrl-C is only listened for once this method has returned for the first time; a server that is started before would be left behind.
            await Task.Yield();
            var costs = parsed.GetValue(url) is null && !parsed.GetValue(noCost);
            var report = await progress.Progress().AutoClear(true).HideCompleted(true).StartAsync(async context =>
            {
                var task = context.AddTask("calibrating", maxValue: 1 + Calibrator.Steps + (costs ? RecordingCost.Steps : 0));
                return await RunAsync(
                    parsed.GetValue(url),
                    new Tolerance(parsed.GetValue(percent), parsed.GetValue(milliseconds)),
                    parsed.GetValue(repetitions),
                    costs,
                    what =>
                    {
                        task.Description = what;
                        task.Increment(1);
                    },
                    cancellationToken);
            });
            if (parsed.GetValue(json))
            {
                CalibrationJson.Write(Console.Out, report);
            }
            else
            {
                CalibrationTable.Write(LabConsole.Create(Console.Out), report);
            }

            if (report.Failure is { } failure)
            {
                await Console.Error.WriteLineAsync(failure);
            }

            return report.ExitCode;
        });
        return command;
    }

    private static async Task<CalibrationReport> RunAsync(
        Uri? url, Tolerance tolerance, int repetitions, bool costs, Action<string> progress, CancellationToken cancellationToken)
    {
        ServerFacts? server = null;
        Calibrator? calibrator = null;
        IReadOnlyList<RouteCost> cost = [];
        string? failure = null;
        var interrupted = false;
        try
        {
            await using (var own = url is null ? await OwnedServer.StartAsync(OwnSettings, cancellationToken) : null)
            {
                using var client = new ServerClient(url ?? own!.Address);
                server = await client.FactsAsync(cancellationToken);
                calibrator = new Calibrator(client, tolerance, repetitions);
                await calibrator.RunAsync(server, progress, cancellationToken);
            }

            cost = costs ? await RecordingCost.MeasureAsync(progress, cancellationToken) : [];
        }
        catch (Exception exception) when (exception is ServerException or OperationCanceledException)
        {
            // Ctrl-C reaches the Lab's own server as well, whose end is then no failure.
            interrupted = cancellationToken.IsCancellationRequested;
            failure = interrupted ? "Stopped before the end." : exception.Message;
        }

        return new CalibrationReport
        {
            Server = server,
            OwnBuild = url is null ? ServerProgram.Configuration : null,
            Tolerance = tolerance,
            Verdicts = calibrator?.Verdicts ?? [],
            Cost = cost,
            Failure = failure,
            Interrupted = interrupted,
        };
    }
}
