using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using WebConcurrency.Server.Tests.Running;
using WebConcurrency.Server.Workloads;

namespace WebConcurrency.Server.Tests.Endpoints;

/// <summary>Whoever only looks is answered, however full the server is. Not under <c>threadpool</c>, which starves everybody to show it.</summary>
public sealed class ObservingUnderLoadTests(TestPostgres postgres)
{
    private const int Looks = 100;

    [Theory]
    [InlineData("serial", 1, 6)]
    [InlineData("thread", 4, 2)]
    [InlineData("pool", 4, 2)]
    [InlineData("gil", 4, 2)]
    [InlineData("async", 4, 2)]
    public async Task Health_and_records_answer_while_all_that_may_run_wait_and_the_queue_is_full(string strategy, int running, int queued)
    {
        await using var server = new TestServer(
            postgres,
            services => services.AddSingleton<IWorkload, LockedWorkload>(),
            ("Admission:Threads", "4"), ("Admission:AsyncRequests", "4"), ("Admission:SerialQueue", "6"),
            ("Admission:QueueTime", "00:01:00"), ("Admission:Deadline", "00:05:00"), ("Postgres:StatementTime", "00:05:00"),

            // Not even a connection is left over.
            ("Postgres:Connections", running.ToString(CultureInfo.InvariantCulture)));
        List<Task<HttpResponseMessage>> waiting;
        await using (await postgres.LockAsync())
        {
            waiting = [.. Enumerable.Range(0, running + queued).Select(_ => server.GetAsync($"/{strategy}/locked"))];
            await postgres.UntilAsync(LockedWorkload.WaitEvent, running);
            await server.UntilSummaryAsync("queued", queued);
            await server.UntilSummaryAsync("running", running);
            using var excess = await server.GetAsync($"/{strategy}/locked");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, excess.StatusCode);

            foreach (var path in new[] { "/health/live", "/health/ready", "/concurrency/summary", "/concurrency/requests?last=10" })
            {
                for (var look = 0; look < Looks; look++)
                {
                    using var answer = await server.GetAsync(path);
                    Assert.Equal((path, HttpStatusCode.OK), (path, answer.StatusCode));
                }
            }

            Assert.DoesNotContain(waiting, request => request.IsCompleted);
        }

        foreach (var answer in await Task.WhenAll(waiting))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            answer.Dispose();
        }
    }
}
