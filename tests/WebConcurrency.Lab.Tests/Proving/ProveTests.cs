using System.Reflection;
using WebConcurrency.Lab.Servers;
using WebConcurrency.Lab.Tests.Running;

namespace WebConcurrency.Lab.Tests.Proving;

/// <summary><c>prove</c> as its users run it, against a server whose <c>thread</c> can be made secretly serial.</summary>
public sealed class ProveTests(ITestOutputHelper output)
{
    private static readonly string Sabotaged = Path.GetFullPath(
        typeof(ProveTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "SabotagedServer").Value!);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Claims_on_threads_fail_where_thread_is_secretly_serial_and_the_others_do_not()
    {
        await using var server = await OwnedServer.StartAsync(new Dictionary<string, string> { ["SABOTAGED_THREAD"] = "serial" }, Token, Sabotaged);
        var lab = await ProveAsync(server, "join", "queue", "overlap", "slices", "priority", "memory", "gil-cpu");

        Assert.Equal(ExitCodes.Off, lab.Code);
        Assert.Equal(["queue", "overlap", "slices", "priority", "memory", "gil-cpu"], Claims(lab, holds: false));

        // Its workers have threads of their own, whoever gave the request one.
        Assert.Equal(["join"], Claims(lab, holds: true));
    }

    [Fact]
    public async Task The_same_claims_hold_on_the_same_server_without_the_sabotage()
    {
        // Those that do not ask for a core of their own: others may use this machine.
        await using var server = await OwnedServer.StartAsync(new Dictionary<string, string>(), Token, Sabotaged);
        var lab = await ProveAsync(server, "join", "queue", "overlap", "memory", "gil-io");
        Assert.Equal(ExitCodes.Right, lab.Code);
        Assert.Equal(["join", "queue", "overlap", "memory", "gil-io"], Claims(lab, holds: true));
    }

    [Fact]
    public async Task Server_that_cannot_be_used_is_told()
    {
        await using var garbage = new GarbageServer("<html>Welcome</html>");
        var lab = await LabProcess.RunAsync("prove", "--json", "--url", garbage.Url);
        Assert.Equal(ExitCodes.ServerFailed, lab.Code);
        Assert.Contains("is no WebConcurrency server", lab.Errors, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.ServerFailed, lab.Json.GetProperty("exit_code").GetInt32());

        var unknown = await LabProcess.RunAsync("prove", "--only", "everything");
        Assert.Equal(ExitCodes.BadCommandLine, unknown.Code);
        Assert.Contains("everything", unknown.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_that_dies_half_way_leaves_the_claims_until_then()
    {
        await using var server = await OwnedServer.StartAsync(new Dictionary<string, string>(), Token);
        using var lab = LabProcess.Start("prove", "--json", "--repetitions", "2", "--url", server.Address.AbsoluteUri, "--only", "join", "gil-io");
        using (var client = new ServerClient(server.Address))
        {
            await UntilAskedAsync(client, "/{strategy}/threads", 2);
        }

        using (var dying = System.Diagnostics.Process.GetProcessById(server.Id))
        {
            // A while into the next claim, whose slices take longer.
            await Task.Delay(TimeSpan.FromSeconds(4), Token);
            dying.Kill();
        }

        var result = await lab.ExitAsync();
        output.WriteLine(result.ToString());
        Assert.Equal(ExitCodes.ServerFailed, result.Code);
        Assert.Equal(["join"], Claims(result, holds: true));
    }

    private async Task<LabResult> ProveAsync(OwnedServer server, params string[] claims)
    {
        var lab = await LabProcess.RunAsync(["prove", "--json", "--repetitions", "1", "--url", server.Address.AbsoluteUri, "--only", .. claims]);
        output.WriteLine(lab.ToString());
        return lab;
    }

    /// <summary>Waits until so many requests of a route have been answered.</summary>
    private static async Task UntilAskedAsync(ServerClient client, string route, int count)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        while (true)
        {
            var routes = (await client.JsonAsync("concurrency/summary", limit.Token)).GetProperty("routes").EnumerateArray();
            if (routes.Any(one => one.GetProperty("route").GetString() == route && one.GetProperty("count").GetInt32() >= count))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), limit.Token);
        }
    }

    private static string[] Claims(LabResult lab, bool holds) =>
        [.. lab.Json.GetProperty("claims").EnumerateArray().Where(claim => claim.GetProperty("holds").GetBoolean() == holds).Select(claim => claim.GetProperty("name").GetString()!)];
}
