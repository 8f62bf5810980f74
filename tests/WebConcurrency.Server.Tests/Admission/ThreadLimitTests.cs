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
        Assert.SkipUnless(Environment.IsPrivilegedProcess && OperatingSystem.IsLinux(), "Needs root to become a user without other processes.");

        // It must have a name, or initdb refuses; and no other processes, which would count.
        const string User = "nobody";
        var program = Path.Combine(_root, "server");
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(ServerProcess.Program)!, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(program, Path.GetRelativePath(Path.GetDirectoryName(ServerProcess.Program)!, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        File.SetUnixFileMode(_root, (UnixFileMode)0b111_101_101);
        await using var server = ServerProcess.Launch(
            ["prlimit", "--nproc=120", "setpriv", $"--reuid={User}", "--regid=nogroup", "--clear-groups", "dotnet", Path.Combine(program, "WebConcurrency.Server.dll")],
            readsLog: true, ("HOME", "/tmp"), ("DOTNET_CLI_HOME", "/tmp"));
        await server.UntilListeningAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(async _ =>
        {
            using var answer = await server.Client.GetAsync("/thread/io?ms=300", TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }));

        var counts = answers.GroupBy(status => status).ToDictionary(group => group.Key, group => group.Count());
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable], counts.Keys.Order());
        Assert.True(counts[HttpStatusCode.ServiceUnavailable] > counts[HttpStatusCode.OK], string.Join(", ", counts));
        Assert.Equal(5, (await server.JsonAsync("/thread/io?ms=5")).GetProperty("result").GetProperty("ms").GetInt32());
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
