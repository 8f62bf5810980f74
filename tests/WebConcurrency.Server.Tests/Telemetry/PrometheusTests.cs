using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Telemetry;

/// <summary><c>/metrics</c>, read by Prometheus' own programs where they are.</summary>
public sealed class PrometheusTests(TestPostgres postgres)
{
    [Fact]
    public async Task Metrics_pass_prometheus_own_check()
    {
        var promtool = Program("promtool");
        await using var server = new TestServer(postgres);
        await UseAsync(server);
        var (code, said) = await RunAsync(promtool, ["check", "metrics"], await MetricsAsync(server));
        Assert.Equal("", said);
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task Prometheus_scrapes_the_server_and_knows_what_its_requests_did()
    {
        var prometheus = Program("prometheus");
        await using var server = new TestServer(postgres);
        await UseAsync(server);
        await using var scraping = await Prometheus.StartAsync(prometheus, server.Address);

        Assert.Equal("1", await scraping.AskAsync("up"));
        Assert.Equal("2", await scraping.AskAsync("""webconcurrency_request_wall_seconds_count{http_route="/{strategy}/io",webconcurrency_strategy="async"}"""));
        Assert.Equal("1", await scraping.AskAsync("""webconcurrency_request_wait_seconds_bucket{webconcurrency_wait_kind="db",webconcurrency_strategy="thread",le="+Inf"}"""));
        Assert.Equal("0", await scraping.AskAsync("webconcurrency_requests_running"));

        // The check that a person would write: never more covered than waited.
        var share = await scraping.AskAsync("sum(webconcurrency_request_covered_seconds_sum) / sum(webconcurrency_request_io_wait_seconds_sum)");
        Assert.InRange(double.Parse(share, CultureInfo.InvariantCulture), 0, 1);
    }

    [Fact]
    public async Task Gates_and_those_turned_away_are_counted_by_strategy()
    {
        await using var server = new TestServer(
            postgres, null, ("Admission:Threads", "2"), ("Admission:QueueTime", "00:00:00.1"), ("Postgres:Connections", "1"));
        var held = new[] { server.GetAsync("/thread/io?ms=3000"), server.GetAsync("/thread/io?ms=3000") };
        await server.UntilSummaryAsync("running", 2);
        using (await server.GetAsync("/thread/io?ms=0"))
        {
        }

        // An answer may be up to 300 ms old: the exporter keeps it for so long.
        await Eventually.EqualAsync(
            ("2", "1", "1", "1"),
            async () =>
            {
                var metrics = await MetricsAsync(server);
                return (
                    Value(metrics, "webconcurrency_admission_in_use", "webconcurrency_strategy=\"thread\""),
                    Value(metrics, "webconcurrency_connections_in_use"),
                    Value(metrics, "webconcurrency_connections_waiting"),
                    Value(metrics, "webconcurrency_requests_rejected_total", "webconcurrency_reason=\"timeout\""));
            },
            "gates in use and waiting, and one turned away");
        foreach (var response in await Task.WhenAll(held))
        {
            response.Dispose();
        }
    }

    [Fact]
    public async Task Without_a_receiver_named_nothing_is_traced()
    {
        await using var server = new TestServer(postgres);
        Assert.Null(server.Services.GetService<TracerProvider>());
    }

    private static async Task UseAsync(TestServer server)
    {
        foreach (var path in new[] { "/thread/mixed?io=20&cpu=5", "/async/io?ms=5", "/async/io?ms=5", "/gil/cpu?ms=2", "/plain", "/thread/io?ms=many", "/nothing" })
        {
            using var used = await server.GetAsync(path);
        }

        await server.UntilSummaryAsync("kept", 7);
    }

    private static Task<string> MetricsAsync(TestServer server) => server.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

    private static string? Value(string metrics, string name, string label = "") => metrics.Split('\n')
        .FirstOrDefault(line => line.StartsWith(name + '{', StringComparison.Ordinal) && line.Contains(label, StringComparison.Ordinal))?.Split(' ')[1];

    private static string Program(string name)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"{name} is not here: Debian's package prometheus has it.");
        return path;
    }

    private static async Task<(int Code, string Said)> RunAsync(string program, string[] arguments, string input)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var said = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await Eventually.EndsAsync(process.WaitForExitAsync(TestContext.Current.CancellationToken), $"the end of {program}");
        return (process.ExitCode, await said + await errors);
    }
}
