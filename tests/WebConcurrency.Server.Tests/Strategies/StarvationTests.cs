using System.Net;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Strategies;

/// <summary>In a process of its own: the thread pool that starves is the process's.</summary>
public sealed class StarvationTests(TestPostgres postgres)
{
    [Fact]
    public async Task Blocking_the_thread_pool_starves_it_and_the_log_and_the_records_say_so()
    {
        await using var server = await ServerProcess.StartAsync(("ConnectionStrings__Postgres", postgres.ConnectionString), ("Postgres__Connections", "64"));
        var blocked = Enumerable.Range(0, 48).Select(_ => server.Client.GetAsync("/threadpool/io?ms=2000", TestContext.Current.CancellationToken)).ToList();

        // Written by threads that are not the pool's.
        await server.LineAsync(line => line.Contains("The thread pool starves", StringComparison.Ordinal));
        foreach (var answer in await Task.WhenAll(blocked))
        {
            // Those that get a thread too late have passed their deadline: that is what starving is.
            Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable, HttpStatusCode.GatewayTimeout });
            answer.Dispose();
        }

        await server.LineAsync(line => line.Contains("The thread pool has threads to spare again", StringComparison.Ordinal));
        var records = await server.JsonAsync("/concurrency/requests?last=48");
        Assert.Contains(records.EnumerateArray(), record => record.TryGetProperty("pool_delay_ms", out var delay) && delay.GetDouble() >= 500);
    }
}
