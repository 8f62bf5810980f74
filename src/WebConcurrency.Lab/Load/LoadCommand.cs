using System.CommandLine;
using Spectre.Console;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Load;

/// <summary><c>load</c>: the load generator alone.</summary>
internal static class LoadCommand
{
    /// <param name="progress">Where the progress is shown.</param>
    public static Command Create(IAnsiConsole progress)
    {
        var url = ServerOption.Create();
        var json = JsonOption.Create();
        var path = new Option<string>("--path")
        {
            Description = "What is asked for.",
            DefaultValueFactory = _ => "plain",
            CustomParser = result =>
            {
                var given = result.Tokens[0].Value;
                if (Uri.IsWellFormedUriString(given.TrimStart('/'), UriKind.Relative) && !given.Contains('#', StringComparison.Ordinal))
                {
                    return given;
                }

                result.AddError($"--path is '{given}'; it must be a path of the server with its query, for example serial/io?ms=20.");
                return null;
            },
        };
        var connections = NumberOption.Create("--connections", 32, 1, LoadOptions.MostConnections, "Connections, each of which asks again once it is answered.");
        var rate = LoadOptions.Rate();
        var seconds = NumberOption.Create("--seconds", 5.0, 0.1, 600, "How long is measured.");
        var command = new Command(
            "load",
            $"Asks for one thing and measures the answers. Exit code {ExitCodes.Right}: measured; {ExitCodes.ServerFailed}: no server, or it failed half-way.")
        {
            url, json, path, connections, rate, seconds,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            // Ctrl-C is only listened for once this method has returned for the first time.
            await Task.Yield();
            var plan = new LoadPlan(parsed.GetValue(path)!.TrimStart('/'), parsed.GetValue(connections), TimeSpan.FromSeconds(parsed.GetValue(seconds)))
            {
                Rate = parsed.GetValue(rate),
                WarmUp = TimeSpan.FromSeconds(1),
            };
            LoadResult? result = null;
            var end = await Attempt.RunAsync(progress, "asking", steps: 2, async step =>
            {
                step("starting");
                await using var own = parsed.GetValue(url) is null ? await OwnedServer.StartAsync(new Dictionary<string, string>(), cancellationToken) : null;
                if (own is not null)
                {
                    await NewServer.WarmUpAsync(own.Address, isNew: true, [plan.Path], cancellationToken);
                }

                step($"asking for /{plan.Path}");
                result = await LoadGenerator.RunAsync(parsed.GetValue(url) ?? own!.Address, plan, cancellationToken);
                return (result.Failure ?? result.Uselessness) is { } failure ? throw new ServerException(failure) : ExitCodes.Right;
            }, cancellationToken);
            if (parsed.GetValue(json))
            {
                LabJson.Write(Console.Out, LoadReport.ForMachines(result, end));
            }
            else if (result is not null)
            {
                LoadReport.Write(LabConsole.Create(Console.Out), result);
            }

            return await end.TellAsync();
        });
        return command;
    }
}
