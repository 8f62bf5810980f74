using System.Text.Json;
using WebConcurrency.Lab.Servers;
using WebConcurrency.Lab.Tests.Running;

namespace WebConcurrency.Lab.Tests.Watching;

/// <summary><c>watch</c> as its users run it.</summary>
public sealed class WatchTests(ITestOutputHelper output)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Finished_requests_are_shown_with_their_threads()
    {
        await using var server = await OwnedServer.StartAsync(new Dictionary<string, string>(), Token);
        using var client = new ServerClient(server.Address);
        var record = await client.RecordAsync(await client.AskAsync("thread/io?ms=50", Token), Token);
        var thread = record.Phases.Single(phase => phase.Kind == "db").Thread;

        var shown = await LabProcess.RunAsync("watch", "--url", server.Address.AbsoluteUri, "--seconds", "2", "--window", "60");
        output.WriteLine(shown.ToString());
        Assert.Equal(ExitCodes.Right, shown.Code);
        Assert.Matches($@"(?m)^thread {thread} .*▒", shown.Output);

        var told = await LabProcess.RunAsync("watch", "--url", server.Address.AbsoluteUri, "--seconds", "2", "--json");
        var events = told.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal("hello", events[0].GetProperty("event").GetString());
        Assert.Contains(events, one => one.GetProperty("event").GetString() == "record" && one.GetProperty("data").GetProperty("id").GetInt64() == (long)record["id"]!);
    }

    [Fact]
    public async Task Interrupting_is_a_good_end()
    {
        await using var server = await OwnedServer.StartAsync(new Dictionary<string, string>(), Token);
        using var lab = LabProcess.Start("watch", "--url", server.Address.AbsoluteUri);
        await UntilWatchedAsync(server);
        lab.Interrupt();
        var result = await lab.ExitAsync();
        output.WriteLine(result.ToString());
        Assert.Equal(ExitCodes.Right, result.Code);
        Assert.Contains("0 running", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_that_ends_is_told_and_what_was_seen_is_shown()
    {
        var server = await OwnedServer.StartAsync(new Dictionary<string, string>(), Token);
        using var lab = LabProcess.Start("watch", "--url", server.Address.AbsoluteUri);
        try
        {
            await UntilWatchedAsync(server);
        }
        finally
        {
            await server.DisposeAsync();
        }

        var result = await lab.ExitAsync();
        output.WriteLine(result.ToString());
        Assert.Equal(ExitCodes.ServerFailed, result.Code);
        Assert.Contains("The server at", result.Errors, StringComparison.Ordinal);
        Assert.Contains("The last", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_that_cannot_be_watched_is_told()
    {
        var gone = await LabProcess.RunAsync("watch", "--url", "http://127.0.0.1:9");
        Assert.Equal(ExitCodes.ServerFailed, gone.Code);
        Assert.Contains("cannot be reached", gone.Errors, StringComparison.Ordinal);

        await using var garbage = new GarbageServer("<html>Welcome</html>");
        var other = await LabProcess.RunAsync("watch", "--url", garbage.Url);
        Assert.Equal(ExitCodes.ServerFailed, other.Code);
        Assert.Contains("is no WebConcurrency server", other.Errors, StringComparison.Ordinal);
    }

    /// <summary>Waits until somebody listens to the server's events: a second listener is told of it.</summary>
    private static async Task UntilWatchedAsync(OwnedServer server)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        using var client = new ServerClient(server.Address);
        await foreach (var told in client.EventsAsync(0, limit.Token))
        {
            if (told.Name == "counts" && told.Data.GetProperty("clients").GetInt32() > 1)
            {
                return;
            }
        }
    }
}
