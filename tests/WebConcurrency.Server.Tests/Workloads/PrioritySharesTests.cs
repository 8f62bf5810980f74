using System.Net;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Workloads;

/// <summary>The system deals CPU time by priority, and the records say how.</summary>
public sealed class PrioritySharesTests(TestPostgres postgres)
{
    [Theory]
    [InlineData("thread")]
    [InlineData("gil")]
    public async Task On_one_cpu_the_shares_in_the_records_follow_the_kernel_s_weights(string strategy)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "CPU time is metered on Linux only.");

        // Both compute until their deadline, so that both records cover the same time, whoever else wants the CPU.
        await using var server = ServerProcess.Launch(
            ["taskset", "--cpu-list", "0", "dotnet", ServerProcess.Program], readsLog: true,
            ("ConnectionStrings__Postgres", postgres.ConnectionString), ("Admission__Deadline", "00:00:03"), ("Gil__SwitchIntervalMs", "10000"));
        await server.UntilListeningAsync();
        var normal = strategy == "gil" ? "/thread/cpu?ms=10000" : $"/{strategy}/cpu?ms=10000";
        await Task.WhenAll(TimeOutAsync(normal), TimeOutAsync($"/{strategy}/cpu?ms=10000&priority=low"));

        var records = (await server.JsonAsync("/concurrency/requests?last=2")).EnumerateArray().ToList();
        var cpu = records.Select(record => record.GetProperty("cpu_ms").GetDouble()).Order().ToList();

        // Weights of nice 0 and nice 10 in kernel/sched/core.c: 1024 and 110.
        Assert.True(cpu[1] / cpu[0] is > 5 and < 16, string.Join('\n', records.Select(record => record.GetRawText())));
        Assert.All(records, record => Assert.True(
            record.GetProperty("unexplained_ms").GetDouble() < 0.1 * record.GetProperty("wall_ms").GetDouble(), record.GetRawText()));

        async Task TimeOutAsync(string path)
        {
            using var answer = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        }
    }
}
