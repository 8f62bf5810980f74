using System.CommandLine;
using System.Text.Json;
using Spectre.Console;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Watching;

/// <summary><c>watch</c>: a running server's threads in the terminal. Whoever only looks is not recorded.</summary>
internal static class WatchCommand
{
    private const int MostLanes = 24;
    private const int WidthWithoutTerminal = 100;
    private const int LastRecords = 200;

    private static readonly Uri Usual = new("http://localhost:8080");
    private static readonly JsonSerializerOptions LineOptions = new(LabJson.Options) { WriteIndented = false };
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(100);

    public static Command Create()
    {
        var url = ServerOption.Create($"Without it {Usual}.");
        var json = new Option<bool>("--json") { Description = "Print each event as a line of JSON." };
        var window = NumberOption.Create("--window", 5.0, 0.1, 600, "Seconds that are shown.");
        var seconds = NumberOption.Create("--seconds", 0.0, 0, 86_400, "How long to watch; 0: until Ctrl-C.");
        var command = new Command(
            "watch", $"Shows what a running server's threads do, as requests finish. Exit code {ExitCodes.Right}: watched to the end; {ExitCodes.ServerFailed}: no server, or it ended.")
        {
            url, json, window, seconds,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            if (parsed.GetValue(seconds) is > 0 and var limit)
            {
                over.CancelAfter(TimeSpan.FromSeconds(limit));
            }

            using var client = new ServerClient(parsed.GetValue(url) ?? Usual);
            try
            {
                await (parsed.GetValue(json) ? TellAsync(client, over.Token) : ShowAsync(client, parsed.GetValue(window), over.Token));
                return ExitCodes.Right;
            }
            catch (OperationCanceledException)
            {
                // The only good end that it has.
                return ExitCodes.Right;
            }
            catch (ServerException exception)
            {
                return await new AttemptEnd(ExitCodes.ServerFailed, exception.Message).TellAsync(parsed.GetValue(json));
            }
        });
        return command;
    }

    private static async Task TellAsync(ServerClient client, CancellationToken cancellationToken)
    {
        await foreach (var told in client.EventsAsync(LastRecords, cancellationToken))
        {
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(new { Event = told.Name.Length == 0 ? "record" : told.Name, told.Data }, LineOptions));
        }
    }

    private static async Task ShowAsync(ServerClient client, double seconds, CancellationToken cancellationToken)
    {
        var console = LabConsole.Create(Console.Out);
        var board = new Board(seconds * 1e3, TimeProvider.System);
        var width = console.Profile.Out.IsTerminal ? console.Profile.Width : WidthWithoutTerminal;
        var lanes = console.Profile.Out.IsTerminal ? Math.Clamp(console.Profile.Height - 6, 4, MostLanes) : MostLanes;
        if (!console.Profile.Out.IsTerminal)
        {
            // There is nothing to draw over: the picture at the end.
            try
            {
                await FollowAsync(client, board, static () => { }, cancellationToken);
            }
            finally
            {
                console.Write(BoardView.Of(board, seconds, width, lanes));
            }

            return;
        }

        await console.Live(BoardView.Of(board, seconds, width, lanes)).AutoClear(false).StartAsync(
            context => FollowAsync(client, board, () => context.UpdateTarget(BoardView.Of(board, seconds, width, lanes)), cancellationToken));
    }

    /// <summary>Ends only with an exception: cancelled, or the server's.</summary>
    private static async Task FollowAsync(ServerClient client, Board board, Action redraw, CancellationToken cancellationToken)
    {
        var gate = new Lock();
        var reading = ReadAsync();
        while (!reading.IsCompleted)
        {
            await Task.WhenAny(reading, Task.Delay(Redraw, CancellationToken.None));
            lock (gate)
            {
                redraw();
            }
        }

        await reading;

        async Task ReadAsync()
        {
            await foreach (var told in client.EventsAsync(LastRecords, cancellationToken))
            {
                lock (gate)
                {
                    board.Add(told);
                }
            }
        }
    }
}
