using System.Text.Json;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Endpoints;

/// <summary>Whatever happens to a request, its record adds up.</summary>
public sealed class ClosedRecordTests(TestPostgres postgres)
{
    private static readonly string[] Strategies = ["thread", "pool", "serial", "threadpool", "async", "gil"];

    private static readonly string[] Exclusive =
        ["queue_ms", "connection_ms", "db_ms", "io_ms", "gil_ms", "lock_ms", "gc_ms", "cpu_ms", "runnable_ms", "unexplained_ms", "work_ms"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Columns_of_random_requests_under_every_strategy_add_up_to_their_wall_time()
    {
        await using var server = new TestServer(
            postgres, null, ("Concurrency:MeteredPerSecond", "60"), ("Postgres:Connections", "6"), ("Admission:Threads", "12"),
            ("Admission:QueueTime", "00:00:00.200"), ("Admission:Deadline", "00:00:00.600"));
        var random = new Random(4);
        var requests = Enumerable.Range(0, 600).Select(_ => (Path: RandomPath(random), Leaves: random.Next(8) == 0 ? random.Next(1, 60) : 0)).ToList();
        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = 40, CancellationToken = Token }, async (request, token) =>
        {
            using var leaves = CancellationTokenSource.CreateLinkedTokenSource(token);
            if (request.Leaves > 0)
            {
                leaves.CancelAfter(request.Leaves);
            }

            try
            {
                using var answer = await server.Client.GetAsync(request.Path, leaves.Token);
            }
            catch (OperationCanceledException) when (!token.IsCancellationRequested)
            {
            }
        });

        await server.UntilSummaryAsync("running", 0);
        await server.UntilSummaryAsync("leftover", 0);
        var records = (await server.JsonAsync("/concurrency/requests?last=1000")).EnumerateArray().ToList();
        Assert.True(records.Count > 500, $"{records.Count} records");
        Assert.All(records, record => Assert.Equal(Column(record, "wall_ms"), Exclusive.Sum(name => Column(record, name)), 0.01));

        // Both kinds of record, and each has either the parts or their sum.
        Assert.All(records, record => Assert.True(record.TryGetProperty("work_ms", out _) ^ record.TryGetProperty("unexplained_ms", out _), record.GetRawText()));
        Assert.Contains(records, record => record.TryGetProperty("work_ms", out _));
        Assert.Contains(records, record => record.TryGetProperty("cpu_ms", out _));
        Assert.True(records.Select(record => record.GetProperty("status").GetInt32()).Distinct().Count() > 2, "not very random");
    }

    [Theory]
    [InlineData("thread")]
    [InlineData("pool")]
    [InlineData("serial")]
    [InlineData("threadpool")]
    [InlineData("async")]
    [InlineData("gil")]
    public async Task Under_load_hardly_anything_is_unexplained(string strategy)
    {
        await using var server = new TestServer(postgres, null, ("Admission:SerialQueue", "100"));
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            for (var i = 0; i < 6; i++)
            {
                using var answer = await server.GetAsync($"/{strategy}/mixed?io=10&cpu=4");
            }
        }));

        var shares = (await server.JsonAsync("/concurrency/requests?last=1000")).EnumerateArray()
            .Where(record => record.TryGetProperty("unexplained_ms", out _))
            .Select(record => Math.Abs(Column(record, "unexplained_ms")) / Column(record, "wall_ms")).Order().ToList();

        Assert.True(shares.Count >= 90, $"{shares.Count} records were metered");
        Assert.True(shares[shares.Count / 2] < 0.02, $"the median is {shares[shares.Count / 2]:P2}");
    }

    private static string RandomPath(Random random)
    {
        var strategy = Strategies[random.Next(Strategies.Length)];
        return random.Next(9) switch
        {
            0 => $"/{strategy}/io?ms={random.Next(30)}",
            1 => $"/{strategy}/cpu?ms={random.Next(8)}",
            2 => $"/{strategy}/mixed?io={random.Next(20)}&cpu={random.Next(5)}",
            3 => $"/{strategy}/db",
            4 => $"/{strategy}/queries?count={random.Next(1, 30)}",
            5 => $"/{strategy}/threads?count={random.Next(1, 4)}&ms={random.Next(10)}",
            6 => $"/{strategy}/orders/{random.Next(1, 1_200)}",
            7 => $"/{strategy}/io?ms={random.Next(400, 900)}",
            _ => random.Next(2) == 0 ? "/plain" : $"/{strategy}/cpu?ms=x",
        };
    }

    private static double Column(JsonElement record, string name) => record.TryGetProperty(name, out var value) ? value.GetDouble() : 0;
}
