using System.Text.Json;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Telemetry;

/// <summary>What an OpenTelemetry collector gets.</summary>
public sealed class OtlpTests(TestPostgres postgres)
{
    private static readonly string[] NotColumns = ["id", "sequence", "status", "hops"];

    [Theory]
    [InlineData("grpc", "thread")]
    [InlineData("http/protobuf", "async")]
    public async Task Receiver_gets_the_requests_span_with_its_record_and_the_databases_spans_below_it(string protocol, string strategy)
    {
        await using var receiver = await OtlpReceiver.StartAsync(grpc: protocol == "grpc");
        await using var server = await StartAsync(receiver.Endpoint, protocol);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/{strategy}/mixed?io=40&cpu=6&unread=what-the-client-chose");
        request.Headers.UserAgent.ParseAdd("what-the-client-chose");
        using var answer = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var id = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("id").GetInt64();
        var record = await server.JsonAsync($"/concurrency/requests/{id}");

        var span = await SpanOfAsync(receiver, id);
        Assert.Equal($"GET /{{strategy}}/mixed", span.Name);
        Assert.Equal(ReceivedSpan.Server, span.Kind);
        Assert.Equal("GET", span.Attributes["http.request.method"]);
        Assert.Equal("/{strategy}/mixed", span.Attributes["http.route"]);
        Assert.Equal(200L, span.Attributes["http.response.status_code"]);
        Assert.Equal(strategy, span.Attributes["webconcurrency.strategy"]);
        Assert.Equal("mixed", span.Attributes["webconcurrency.workload"]);
        AssertColumns(record, span);
        AssertPhases(record, span);

        var query = receiver.Spans.Single(one => one.Trace == span.Trace && one.Kind == ReceivedSpan.Client);
        Assert.Equal(span.Id, query.Parent);
        Assert.Equal("postgresql", query.Attributes["db.system.name"]);
        Assert.Equal("select pg_sleep($1)", query.Attributes["db.query.text"]);
        Assert.IsType<long>(query.Attributes["thread.id"]);
        Assert.All(receiver.Resources, resource => Assert.Equal("webconcurrency", resource["service.name"]));
        Assert.False(receiver.Contains("what-the-client-chose"), "something that the client chose freely was sent");
    }

    [Fact]
    public async Task Receiver_gets_metrics_and_no_span_of_requests_that_only_look()
    {
        await using var receiver = await OtlpReceiver.StartAsync(grpc: false);
        await using var server = await StartAsync(receiver.Endpoint, "http/protobuf");
        foreach (var path in new[] { "/health/ready", "/concurrency/summary", "/metrics" })
        {
            using var looked = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);
        }

        var id = (await server.JsonAsync("/thread/db")).GetProperty("id").GetInt64();
        await SpanOfAsync(receiver, id);
        await Eventually.EqualAsync(true, () => receiver.Metrics.Contains(("webconcurrency.request.queue", "s")), "the queue's metric at the receiver");

        // Health asks the database too.
        Assert.All(receiver.Spans.Where(span => span.Kind == ReceivedSpan.Server), span => Assert.True(span.Attributes.ContainsKey("webconcurrency.id"), span.Name));
        var requests = receiver.Spans.Where(span => span.Kind == ReceivedSpan.Server).Select(span => span.Id).ToHashSet();
        Assert.DoesNotContain(receiver.Spans, span => span.Kind == ReceivedSpan.Client && span.Parent.Length > 0 && !requests.Contains(span.Parent));
    }

    [Fact]
    public async Task Record_is_the_same_whether_a_tracer_listens_or_not()
    {
        await using var receiver = await OtlpReceiver.StartAsync(grpc: false);
        await using var traced = await StartAsync(receiver.Endpoint, "http/protobuf");
        await using var plain = await ServerProcess.StartAsync(("ConnectionStrings__Postgres", postgres.ConnectionString));
        foreach (var path in new[] { "/thread/queries?count=3", "/async/queries?count=3", "/thread/orders/7", "/async/mixed?io=5&cpu=2" })
        {
            Assert.Equal(await PhasesAsync(plain, path), await PhasesAsync(traced, path));
        }
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4317")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")]
    public async Task Variable_that_cannot_be_used_ends_the_server_at_its_start(string name, string value)
    {
        await using var server = ServerProcess.Launch(
            readsLog: true, ("ConnectionStrings__Postgres", postgres.ConnectionString), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"), (name, value));
        var (code, errors) = await server.ExitAsync();
        Assert.Equal(1, code);
        Assert.Contains($"{name} is '{value}'", errors, StringComparison.Ordinal);
    }

    private static void AssertColumns(JsonElement record, ReceivedSpan span)
    {
        var columns = record.EnumerateObject().Where(column => column.Value.ValueKind == JsonValueKind.Number && !NotColumns.Contains(column.Name)).ToList();
        Assert.True(columns.Count >= 12, $"only {columns.Count} columns");
        foreach (var column in columns)
        {
            Assert.Equal(column.Value.GetDouble(), Assert.IsType<double>(span.Attributes[$"webconcurrency.{column.Name}"]));
        }

        // A column that was not measured is absent here too.
        Assert.DoesNotContain("webconcurrency.work_ms", span.Attributes);
        var threads = record.GetProperty("threads").EnumerateArray().ToList();
        Assert.Equal(threads[0].GetProperty("managed").GetInt64(), span.Attributes["thread.id"]);
        Assert.Equal(threads.Select(thread => (object)thread.GetProperty("os").GetInt64()), (object[])span.Attributes["webconcurrency.threads.os"]!);
    }

    private static void AssertPhases(JsonElement record, ReceivedSpan span)
    {
        var phases = record.GetProperty("phases").EnumerateArray().ToList();
        Assert.Contains(phases, phase => phase.GetProperty("kind").GetString() == "db");
        Assert.Equal(phases.Count, span.Events.Count);
        foreach (var (phase, shown) in phases.Zip(span.Events))
        {
            Assert.Equal(phase.GetProperty("kind").GetString(), shown.Name);
            Assert.Equal(phase.GetProperty("ms").GetDouble(), shown.Attributes["webconcurrency.phase.ms"]);
            Assert.Equal(
                phase.TryGetProperty("thread", out var thread) ? thread.GetProperty("managed").GetInt64() : null,
                shown.Attributes.TryGetValue("thread.id", out var id) ? (long?)id : null);
            Assert.InRange(shown.Time, span.Start, span.End);
        }
    }

    private static async Task<string> PhasesAsync(ServerProcess server, string path)
    {
        await server.JsonAsync(path);
        var id = (await server.JsonAsync(path)).GetProperty("id").GetInt64();
        var record = await server.JsonAsync($"/concurrency/requests/{id}");
        var kinds = record.GetProperty("phases").EnumerateArray().Select(phase => phase.GetProperty("kind").GetString()!)
            .Where(kind => kind is not ("queue" or "thread_start" or "pipeline"));
        return string.Join(' ', kinds);
    }

    private static async Task<ReceivedSpan> SpanOfAsync(OtlpReceiver receiver, long id) =>
        (await Eventually.SeenAsync(
            () => Task.FromResult(receiver.Spans.FirstOrDefault(span => span.Attributes.TryGetValue("webconcurrency.id", out var its) && (long)its! == id)),
            span => span is not null,
            $"the span of request {id}"))!;

    private Task<ServerProcess> StartAsync(string endpoint, string protocol) => ServerProcess.StartAsync(
        ("ConnectionStrings__Postgres", postgres.ConnectionString),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
        ("OTEL_BSP_SCHEDULE_DELAY", "50"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "200"));
}
