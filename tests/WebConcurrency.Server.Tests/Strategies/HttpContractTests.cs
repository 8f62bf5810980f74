using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using WebConcurrency.Server.Admission;
using WebConcurrency.Server.Database;
using WebConcurrency.Server.Tests.Running;
using WebConcurrency.Server.Waiting;
using WebConcurrency.Server.Workloads;

namespace WebConcurrency.Server.Tests.Strategies;

/// <summary>What every strategy owes, as clients see it: through sockets, Kestrel and the whole pipeline.</summary>
public sealed class HttpContractTests(TestPostgres postgres)
{
    private const int Sent = 1_000;
    private const int ClientClosedRequest = 499;

    public static TheoryData<string> Names => ["serial", "thread", "pool", "threadpool", "async", "gil"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task After_a_thousand_random_requests_every_one_is_accounted_for_and_nothing_is_left(string strategy)
    {
        await using var server = new TestServer(
            postgres,
            services => services.AddSingleton<IWorkload, FailingWorkload>(),
            ("Admission:Threads", "4"), ("Admission:AsyncRequests", "4"), ("Admission:SerialQueue", "5"), ("Postgres:Connections", "3"),
            ("Admission:QueueTime", "00:00:00.050"), ("Admission:Deadline", "00:00:00.150"));

        // More clients than may run and queue: some find no room.
        var seen = new ConcurrentQueue<int>();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(client => Task.Run(
            async () =>
            {
                var random = new Random(client);
                for (var i = 0; i < Sent / 10; i++)
                {
                    seen.Enqueue(await OutcomeAsync(server, strategy, random));
                }
            },
            Token)));

        var byClients = seen.CountBy(status => status).ToDictionary();
        Assert.Equal(Sent, byClients.Values.Sum());
        Assert.Equal([200, 499, 500, 503, 504], byClients.Keys.Order());

        await server.UntilSummaryAsync("running", 0);
        await server.UntilSummaryAsync("queued", 0);
        await server.UntilSummaryAsync("leftover", 0);
        var admission = server.Services.GetRequiredService<StrategyAdmission>().For(strategy);
        var connections = server.Services.GetRequiredService<DatabaseHost>().Requests.Gate;
        await Eventually.EqualAsync(
            (0, 0, 0, 0), () => (admission.InUse, admission.Waiting, connections.InUse, connections.Waiting), "who is inside the gates and waits at them");

        // The server's own account. What a client left may have been answered all the same, or may never have come.
        var records = await server.JsonAsync("/concurrency/requests?last=2000");
        var byServer = records.EnumerateArray().CountBy(record => record.GetProperty("status").GetInt32()).ToDictionary();
        foreach (var (status, count) in byClients.Where(pair => pair.Key != ClientClosedRequest))
        {
            Assert.True(byServer.GetValueOrDefault(status) >= count, $"{count} clients saw {status}, the server recorded {byServer.GetValueOrDefault(status)}");
        }

        Assert.InRange(byServer.Values.Sum(), Sent - byClients[ClientClosedRequest], Sent);
        Assert.Equal(1, (await server.JsonAsync($"/{strategy}/io?ms=1")).GetProperty("result").GetProperty("ms").GetInt32());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Client_that_leaves_the_queue_is_never_served(string strategy)
    {
        var counted = new CountedWorkload();
        await using var server = new TestServer(
            postgres,
            services => services.AddSingleton<IWorkload, LockedWorkload>().AddSingleton<IWorkload>(counted),
            ("Admission:Threads", "2"), ("Admission:AsyncRequests", "2"), ("Admission:QueueTime", "00:01:00"), ("Admission:Deadline", "00:05:00"),
            ("Postgres:StatementTime", "00:05:00"));
        var before = counted.Runs;
        List<Task<HttpResponseMessage>> holders;
        await using (await postgres.LockAsync())
        {
            holders = [.. Enumerable.Range(0, strategy == "serial" ? 1 : 2).Select(_ => server.GetAsync($"/{strategy}/locked"))];
            await postgres.UntilAsync(LockedWorkload.WaitEvent, holders.Count);
            using (var leaver = new RawConnection(server.Address))
            {
                await leaver.SendAsync($"/{strategy}/counted", "");
                await server.UntilSummaryAsync("queued", 1);
            }

            await server.UntilSummaryAsync("queued", 0);
        }

        foreach (var holder in await Task.WhenAll(holders))
        {
            Assert.Equal(HttpStatusCode.OK, holder.StatusCode);
            holder.Dispose();
        }

        // First come, first served: when this one is answered, the one before it has had its turn.
        await server.JsonAsync($"/{strategy}/io?ms=0");
        Assert.Equal(before, counted.Runs);
        await server.JsonAsync($"/{strategy}/counted");
        Assert.Equal(before + 1, counted.Runs);
    }

    private static async Task<int> OutcomeAsync(TestServer server, string strategy, Random random)
    {
        using var leave = new CancellationTokenSource();
        var path = random.Next(20) switch
        {
            0 => "io?ms=10000",
            1 or 2 => "fail",
            < 8 => $"cpu?ms={random.Next(4)}",
            < 14 => "db",
            _ => $"io?ms={random.Next(20)}",
        };
        if (random.Next(5) == 0)
        {
            leave.CancelAfter(TimeSpan.FromMicroseconds(random.Next(10_000)));
        }

        try
        {
            using var answer = await server.Client.GetAsync($"/{strategy}/{path}", leave.Token);
            return (int)answer.StatusCode;
        }
        catch (OperationCanceledException) when (leave.IsCancellationRequested)
        {
            return ClientClosedRequest;
        }
    }

    private sealed class FailingWorkload : IWorkload
    {
        public string Name => "fail";

        public IReadOnlyList<Parameter> Parameters => [];

        public ValueTask<object> RunAsync(IReadOnlyList<int> arguments, IWaiting waiting, CancellationToken cancellationToken) =>
            throw new InvalidOperationException();
    }

    private sealed class CountedWorkload : IWorkload
    {
        private int _runs;

        public int Runs => Volatile.Read(ref _runs);

        public string Name => "counted";

        public IReadOnlyList<Parameter> Parameters => [];

        public ValueTask<object> RunAsync(IReadOnlyList<int> arguments, IWaiting waiting, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _runs);
            return ValueTask.FromResult<object>(new { });
        }
    }
}
