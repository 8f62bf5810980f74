using System.Net;
using System.Net.Sockets;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Telemetry;

/// <summary>A collector that is not there, comes late, or takes connections and never answers.</summary>
public sealed class DeadReceiverTests(TestPostgres postgres) : IDisposable
{
    // Bound and not listening: whoever connects is refused, and nobody else gets the port.
    private readonly Socket _socket = Bound();

    [Theory]
    [InlineData("grpc", true)]
    [InlineData("grpc", false)]
    [InlineData("http/protobuf", true)]
    [InlineData("http/protobuf", false)]
    public async Task Memory_stays_flat_while_nobody_takes_what_is_sent(string protocol, bool refuses)
    {
        if (!refuses)
        {
            _socket.Listen();
        }

        await using var server = new TestServer(
            postgres,
            null,
            ("OTEL_EXPORTER_OTLP_ENDPOINT", Address),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "256"),
            ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "64"),
            ("OTEL_BSP_SCHEDULE_DELAY", "50"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "100"),
            ("Concurrency:RecordsKept", "100"));
        await SendAsync(server, 4_000);
        var sizes = new List<long>();
        for (var round = 0; round < 4; round++)
        {
            await SendAsync(server, 2_000);
            sizes.Add(GC.GetTotalMemory(forceFullCollection: true));
        }

        // Kept, the spans of 4,000 requests would be some 20 MB. The smaller of two: what is in flight comes and goes.
        TestContext.Current.TestOutputHelper?.WriteLine($"{protocol}, {(refuses ? "refuses" : "is silent")}: {string.Join(", ", sizes.Select(size => $"{size / 1e6:0.00}"))} MB");
        Assert.True(sizes[2..].Min() - sizes[..2].Min() < 4_000 * 500, $"{string.Join(", ", sizes)} bytes after each 2,000 requests");
    }

    [Fact]
    public async Task Requests_take_no_longer_while_nobody_takes_the_spans()
    {
        _socket.Listen();
        await using var receiver = await OtlpReceiver.StartAsync(grpc: true);
        using var refusing = Bound();
        var servers = new Dictionary<string, ServerProcess>();
        var times = new Dictionary<string, List<double>>();
        try
        {
            foreach (var (name, endpoint) in new[] { ("answers", receiver.Endpoint), ("is silent", Address), ("refuses", $"http://{refusing.LocalEndPoint}") })
            {
                servers[name] = await StartAsync(endpoint, "grpc");
                times[name] = [];
            }

            for (var round = 0; round < 400; round++)
            {
                foreach (var (name, server) in servers)
                {
                    var started = TimeProvider.System.GetTimestamp();
                    await server.JsonAsync("/async/io?ms=2");
                    times[name].Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
                }
            }
        }
        finally
        {
            foreach (var server in servers.Values)
            {
                await server.DisposeAsync();
            }
        }

        Assert.NotEmpty(receiver.Spans);
        var medians = times.ToDictionary(one => one.Key, one => one.Value.Order().ElementAt(one.Value.Count / 2));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", medians.Select(one => $"{one.Key}: {one.Value:0.00} ms")));
        foreach (var name in new[] { "is silent", "refuses" })
        {
            Assert.True(medians[name] < 1.2 * medians["answers"], $"the median is {medians[name]} ms with a receiver that {name}, {medians["answers"]} ms with one that answers");
        }
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task Receiver_that_comes_late_gets_what_happens_from_then_on(string protocol)
    {
        var port = ((IPEndPoint)_socket.LocalEndPoint!).Port;
        await using var server = await StartAsync(Address, protocol);
        for (var i = 0; i < 20; i++)
        {
            await server.JsonAsync("/async/db");
        }

        _socket.Dispose();
        await using var receiver = await OtlpReceiver.StartAsync(protocol == "grpc", port);
        var id = await Eventually.SeenAsync(
            async () => (await server.JsonAsync("/async/db")).GetProperty("id").GetInt64(),
            one => receiver.Spans.Any(span => span.Attributes.TryGetValue("webconcurrency.id", out var its) && (long)its! <= one && (long)its > 20),
            "a span at the receiver that came late");
        Assert.True(id > 20);
        await Eventually.EqualAsync(true, () => receiver.Metrics.Contains(("webconcurrency.request.wall", "s")), "a metric at the receiver that came late");
    }

    public void Dispose() => _socket.Dispose();

    private string Address => $"http://{_socket.LocalEndPoint}";

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static async Task SendAsync(TestServer server, int count)
    {
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken },
            async (_, token) => await server.Client.GetStringAsync("/async/db", token));
    }

    private Task<ServerProcess> StartAsync(string endpoint, string protocol) => ServerProcess.StartAsync(
        ("ConnectionStrings__Postgres", postgres.ConnectionString),
        ("Serilog__MinimumLevel__Override__WebConcurrency", "Warning"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
        ("OTEL_BSP_SCHEDULE_DELAY", "100"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "200"));
}
