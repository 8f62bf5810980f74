using System.Net;
using System.Net.Sockets;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Telemetry;

/// <summary>A collector that is not there, or takes connections and never answers.</summary>
public sealed class DeadReceiverTests(TestPostgres postgres) : IDisposable
{
    private readonly TcpListener _silent = new(IPAddress.Loopback, 0);

    [Fact]
    public async Task Memory_stays_flat_while_nobody_takes_the_spans()
    {
        _silent.Start();
        await using var server = new TestServer(
            postgres, null, ("OTEL_EXPORTER_OTLP_ENDPOINT", Address), ("OTEL_BSP_MAX_QUEUE_SIZE", "256"), ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "64"), ("Concurrency:RecordsKept", "100"));
        await SendAsync(server, 3_000);
        using var connection = await _silent.AcceptSocketAsync(TestContext.Current.CancellationToken);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await SendAsync(server, 6_000);
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;

        // Kept, these spans would be some 5 kB each.
        Assert.True(grown < 6_000 * 1_000, $"{grown} bytes more after 6,000 requests");
    }

    [Fact]
    public async Task Requests_take_no_longer_while_nobody_takes_the_spans()
    {
        _silent.Start();
        await using var plain = await StartAsync();
        await using var traced = await StartAsync(("OTEL_EXPORTER_OTLP_ENDPOINT", Address), ("OTEL_BSP_SCHEDULE_DELAY", "100"));
        using var connection = await TakeAsync(traced);
        var times = new Dictionary<ServerProcess, List<double>> { [plain] = [], [traced] = [] };
        for (var round = 0; round < 500; round++)
        {
            foreach (var (server, taken) in times)
            {
                var started = TimeProvider.System.GetTimestamp();
                await server.JsonAsync("/async/io?ms=2");
                taken.Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        var (without, with) = (Median(times[plain]), Median(times[traced]));
        Assert.True(with < without * 1.5, $"the median is {with} ms with a receiver that does not answer, {without} ms without one");
    }

    public void Dispose() => _silent.Dispose();

    private string Address => $"http://{_silent.LocalEndpoint}";

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

    private static async Task SendAsync(TestServer server, int count)
    {
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken },
            async (_, token) => await server.Client.GetStringAsync("/async/db", token));
    }

    /// <summary>Makes the server try to send, and takes its connection without ever answering.</summary>
    private async Task<Socket> TakeAsync(ServerProcess server)
    {
        await server.JsonAsync("/async/db");
        return await Eventually.EndsAsync(_silent.AcceptSocketAsync(TestContext.Current.CancellationToken).AsTask(), "the server to send its spans");
    }

    private Task<ServerProcess> StartAsync(params (string Name, string Value)[] environment) =>
        ServerProcess.StartAsync([("ConnectionStrings__Postgres", postgres.ConnectionString), ("Serilog__MinimumLevel__Override__WebConcurrency", "Warning"), .. environment]);
}
