using System.Net;
using WebConcurrency.Server.Admission;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Admission;

public sealed class ThreadLimitTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("limits-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(null, 200)]
    [InlineData(10_000L, 200)]
    [InlineData(400L, 100)]
    [InlineData(3L, 1)]
    [InlineData(-5L, 1)]
    public void A_quarter_of_what_is_left_is_used_at_most_200(long? left, int expected) => Assert.Equal(expected, ThreadLimit.Default(left));

    [Fact]
    public void System_s_limit_less_its_present_threads_is_read()
    {
        Write("proc/loadavg", "0.10 0.20 0.30 2/345 6789");
        Write("proc/sys/kernel/threads-max", "1000");
        Assert.Equal(655, ThreadLimit.Left(_root));
    }

    [Fact]
    public void Cgroup_s_limit_is_read_in_it_and_above_it()
    {
        Write("proc/self/cgroup", "0::/service/deep");
        Write("sys/fs/cgroup/service/deep/pids.max", "max");
        Write("sys/fs/cgroup/service/deep/pids.current", "10");
        Write("sys/fs/cgroup/service/pids.max", "100");
        Write("sys/fs/cgroup/service/pids.current", "40");
        Assert.Equal(60, ThreadLimit.Left(_root));
    }

    [Fact]
    public void Cgroup_of_the_first_version_is_read_where_it_counts_processes()
    {
        Write("proc/self/cgroup", "9:name=systemd:/x\n8:pids:/mine\n4:memory:/other");
        Write("sys/fs/cgroup/pids/mine/pids.max", "50");
        Write("sys/fs/cgroup/pids/mine/pids.current", "20");
        Assert.Equal(30, ThreadLimit.Left(_root));
    }

    [Fact]
    public void Where_nothing_can_be_read_nothing_is_known() => Assert.Null(ThreadLimit.Left(_root));

    [Fact]
    public async Task Server_under_a_low_limit_turns_the_excess_away_and_lives()
    {
        await using var server = await StartLimitedAsync(120);
        var counts = Count(await SendAsync(server, Enumerable.Repeat("/thread/io?ms=300", 500)));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable], counts.Keys.Order());
        Assert.True(counts[HttpStatusCode.ServiceUnavailable] > counts[HttpStatusCode.OK], string.Join(", ", counts));
        await AssertServesAsync(server);
    }

    [Fact]
    public async Task Server_under_a_low_limit_lives_whoever_makes_the_threads_and_connections()
    {
        await using var server = await StartLimitedAsync(120);

        // Long ones, so that what each strategy uses adds up, the connections of async included; then short ones, whose threads end while others start.
        string[] strategies = ["thread", "pool", "gil", "threadpool", "async"];
        string[][] rounds =
        [
            [.. strategies.Select(strategy => $"/{strategy}/io?ms=2000"), "/thread/threads?count=5&ms=2000", "/async/threads?count=5&ms=2000", "/serial/io?ms=20"],
            [.. strategies.Select(strategy => $"/{strategy}/db"), "/thread/cpu?ms=0", "/thread/threads?count=5&ms=0"],
        ];
        foreach (var paths in rounds)
        {
            var counts = Count(await SendAsync(server, paths.SelectMany(path => Enumerable.Repeat(path, 60))));
            Assert.Subset(new HashSet<HttpStatusCode> { HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable }, counts.Keys.ToHashSet());
        }

        await AssertServesAsync(server);
    }

    [Fact]
    public async Task Connections_that_are_asked_for_are_bounded_by_the_processes_that_the_system_gives()
    {
        await using var server = await StartLimitedAsync(120, ("Postgres__Connections", "250"), ("Admission__Threads", "200"));
        var statuses = await SendAsync(server, Enumerable.Repeat("/async/io?ms=300", 300).Concat(Enumerable.Repeat("/thread/io?ms=300", 300)));
        Assert.Contains(HttpStatusCode.OK, statuses);
        await AssertServesAsync(server);
    }

    private static async Task<HttpStatusCode[]> SendAsync(ServerProcess server, IEnumerable<string> paths) =>
        await Task.WhenAll(paths.Select(async path =>
        {
            using var answer = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }));

    private static Dictionary<HttpStatusCode, int> Count(IEnumerable<HttpStatusCode> answers) =>
        answers.GroupBy(status => status).ToDictionary(group => group.Key, group => group.Count());

    private static async Task AssertServesAsync(ServerProcess server)
    {
        foreach (var strategy in new[] { "thread", "pool", "gil", "threadpool", "async", "serial" })
        {
            Assert.Equal(5, (await server.JsonAsync($"/{strategy}/io?ms=5")).GetProperty("result").GetProperty("ms").GetInt32());
        }
    }

    /// <summary>A server that may have so many threads and processes, its cluster's included.</summary>
    private async Task<ServerProcess> StartLimitedAsync(int limit, params (string, string)[] settings)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && OperatingSystem.IsLinux(), "Needs root to become a user without other processes.");
        var program = Path.Combine(_root, "server");
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(ServerProcess.Program)!, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(program, Path.GetRelativePath(Path.GetDirectoryName(ServerProcess.Program)!, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        File.SetUnixFileMode(_root, (UnixFileMode)0b111_101_101);
        string[] command =
        [
            "prlimit", $"--nproc={limit}", "setpriv", $"--reuid={IdleUser()}", "--regid=nogroup", "--clear-groups",
            "dotnet", Path.Combine(program, "WebConcurrency.Server.dll"),
        ];
        var server = ServerProcess.Launch(command, readsLog: true, [("HOME", "/tmp"), ("DOTNET_CLI_HOME", "/tmp"), .. settings]);
        await server.UntilListeningAsync();
        return server;
    }

    /// <summary>One with a name, or initdb refuses; and without processes, which would count.</summary>
    private static string IdleUser()
    {
        var busy = Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)).Select(Uid).ToHashSet();
        var users = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).Where(fields => fields is [_, _, not "0", ..])
            .ToDictionary(fields => fields[0], fields => fields[2]);
        return new[] { "nobody", "games", "news", "lp", "mail" }.First(user => users.TryGetValue(user, out var uid) && !busy.Contains(uid));
    }

    private static string? Uid(string process)
    {
        try
        {
            return File.ReadLines($"{process}/status").First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1];
        }
        catch (IOException)
        {
            return null;
        }
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
