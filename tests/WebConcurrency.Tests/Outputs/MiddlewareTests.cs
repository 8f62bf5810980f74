using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using WebConcurrency.Recording;

namespace WebConcurrency.Tests.Outputs;

public sealed class MiddlewareTests
{
    [Fact]
    public async Task Two_lines_give_a_record_without_the_columns_that_nobody_reported()
    {
        await using var app = await PlainApplication.StartAsync(app => app.MapGet("/items/{id}", (int id) => id));
        await app.GetAsync("/items/5?secret=1");

        var record = await app.OnlyRecordAsync();

        Assert.Equal("/items/{id}", record.GetProperty("route").GetString());
        Assert.Equal(200, record.GetProperty("status").GetInt32());
        Assert.True(record.GetProperty(OperatingSystem.IsLinux() ? "cpu_ms" : "work_ms").GetDouble() > 0);
        Assert.NotEqual(0, record.GetProperty("threads").GetArrayLength());
        foreach (var absent in new[] { "strategy", "queue_ms", "connection_ms", "gil_ms", "thread_start_ms" })
        {
            Assert.False(record.TryGetProperty(absent, out _), absent);
        }
    }

    [Fact]
    public async Task Wait_that_code_names_has_its_column()
    {
        var (waited, around) = (TimeSpan.Zero, TimeSpan.Zero);
        await using var app = await PlainApplication.StartAsync(app => app.MapGet("/", async () =>
        {
            var before = Stopwatch.GetTimestamp();
            using (RequestConcurrency.Wait(WaitKind.Io))
            {
                var began = Stopwatch.GetTimestamp();
                await Task.Delay(20);
                waited = Stopwatch.GetElapsedTime(began);
            }

            around = Stopwatch.GetElapsedTime(before);
        }));
        await app.GetAsync("/");

        var record = await app.OnlyRecordAsync();

        // From the clock alone: on a busy machine its thread may have wanted a CPU for all of the wait.
        var phases = (await app.JsonAsync($"/concurrency/requests/{record.GetProperty("id").GetInt64()}")).GetProperty("phases").EnumerateArray();
        var told = phases.Single(phase => phase.GetProperty("kind").GetString() == "io").GetProperty("ms").GetDouble();
        Assert.InRange(told, waited.TotalMilliseconds - 0.001, around.TotalMilliseconds + 0.001);
        Assert.Equal(0, record.GetProperty("covered_ms").GetDouble());
    }

    [Fact]
    public async Task Exception_passes_through_untouched_and_is_recorded_as_500()
    {
        var thrown = new InvalidOperationException("mine");
        // Not Development: there the framework's own error page stands around everything.
        await using var app = await PlainApplication.StartAsync(
            app => app.MapGet("/", void () => throw thrown), options => options.Open = true, "Production");

        Assert.Same(thrown, await Assert.ThrowsAsync<InvalidOperationException>(() => app.GetAsync("/")));

        Assert.Equal(500, (await app.OnlyRecordAsync()).GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task Unmatched_path_is_recorded_without_the_path()
    {
        await using var app = await PlainApplication.StartAsync(_ => { });
        await app.Client.GetAsync("/secret", TestContext.Current.CancellationToken);

        var record = await app.OnlyRecordAsync();
        Assert.Equal("(none)", record.GetProperty("route").GetString());
        Assert.DoesNotContain("secret", record.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(app.Lines.Of("WebConcurrency"), line => line.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Unknown_method_is_recorded_as_other()
    {
        await using var app = await PlainApplication.StartAsync(_ => { });
        using var request = new HttpRequestMessage(new HttpMethod("STEAL"), "/");
        await app.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("_OTHER", (await app.OnlyRecordAsync()).GetProperty("method").GetString());
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/metrics")]
    [InlineData("/looks")]
    public async Task Requests_that_only_observe_are_not_recorded(string path)
    {
        await using var app = await PlainApplication.StartAsync(app =>
        {
            app.MapGet("/health/live", () => "");
            app.MapGet("/metrics", () => "");
            app.MapGet("/looks", () => "").OnlyObserves();
            app.MapGet("/works", () => "");
        });
        await app.GetAsync(path);
        await app.GetAsync("/works");

        Assert.Equal("/works", (await app.OnlyRecordAsync()).GetProperty("route").GetString());
    }

    [Fact]
    public async Task Event_stream_is_not_recorded()
    {
        await using var app = await PlainApplication.StartAsync(app =>
        {
            app.MapGet("/stream", () => TypedResults.ServerSentEvents(new[] { "one" }.ToAsyncEnumerable()));
            app.MapGet("/works", () => "");
        });
        await GetAsync(app, "/stream", "Accept", "text/event-stream");
        await app.GetAsync("/works");

        Assert.Equal("/works", (await app.OnlyRecordAsync()).GetProperty("route").GetString());
    }

    [Theory]
    [InlineData("Accept", "text/event-stream")]
    [InlineData("Upgrade", "websocket")]
    public async Task Client_that_only_asks_to_stay_open_cannot_hide_its_work(string header, string value)
    {
        await using var app = await PlainApplication.StartAsync(app => app.MapGet("/works", () => ""));
        await GetAsync(app, "/works", header, value);

        Assert.Equal("/works", (await app.OnlyRecordAsync()).GetProperty("route").GetString());
    }

    [Fact]
    public async Task Observing_path_without_a_slash_is_understood()
    {
        await using var app = await PlainApplication.StartAsync(
            app =>
            {
                app.MapGet("/looks", () => "");
                app.MapGet("/works", () => "");
            },
            options => options.ObservingPaths.Add("looks"));
        await app.GetAsync("/looks");
        await app.GetAsync("/works");

        Assert.Equal("/works", (await app.OnlyRecordAsync()).GetProperty("route").GetString());
    }

    [Fact]
    public async Task Fault_in_recording_changes_no_response_and_is_counted()
    {
        var time = new BreakableTime();
        await using var app = await PlainApplication.StartAsync(
            app => app.MapGet("/", async () =>
            {
                using (RequestConcurrency.Wait(WaitKind.Io))
                {
                    await Task.Yield();
                }

                return "fine";
            }),
            services: services => services.AddSingleton<TimeProvider>(time));
        time.Broken = true;
        Assert.Equal("fine", await app.GetAsync("/"));
        Assert.NotEqual(0, app.Ledger.Faults);
        Assert.Contains(app.Lines.Of("WebConcurrency.Requests"), line => line.Contains("1002", StringComparison.Ordinal));
        time.Broken = false;
    }

    [Fact]
    public async Task Fault_in_the_middle_of_a_request_changes_no_response()
    {
        var time = new BreakableTime();
        await using var app = await PlainApplication.StartAsync(
            app => app.MapGet("/", async () =>
            {
                time.Broken = true;
                using (RequestConcurrency.Wait(WaitKind.Io))
                {
                    await Task.Yield();
                }

                return "fine";
            }),
            services: services => services.AddSingleton<TimeProvider>(time));
        Assert.Equal("fine", await app.GetAsync("/"));
        Assert.NotEqual(0, app.Ledger.Faults);
        time.Broken = false;
    }

    [Fact]
    public async Task Recorder_that_is_switched_off_records_nothing()
    {
        await using var app = await PlainApplication.StartAsync(
            app => app.MapGet("/", () => RequestRecorder.Current is null), options => options.Enabled = false);

        Assert.Equal("true", await app.GetAsync("/"));
        Assert.Equal(0, (await app.JsonAsync("/concurrency/requests")).GetArrayLength());
    }

    [Fact]
    public async Task Each_request_has_one_line_and_its_moments()
    {
        await using var app = await PlainApplication.StartAsync(app => app.MapGet("/here", async () =>
        {
            using (RequestConcurrency.Wait(WaitKind.Io))
            {
                await Task.Yield();
            }
        }));
        await app.GetAsync("/here");
        await app.OnlyRecordAsync();

        var line = Assert.Single(app.Lines.Of("WebConcurrency.Requests"));
        Assert.Contains("#1 GET /here 200", line, StringComparison.Ordinal);
        Assert.Contains("no other request worked meanwhile", line, StringComparison.Ordinal);
        Assert.Equal([1021, 1022], app.Lines.Of("WebConcurrency.Moments").Select(moment => int.Parse(moment.Split(' ')[1], null)));
    }

    [Fact]
    public async Task Lines_beyond_the_setting_are_left_out_and_their_records_kept()
    {
        await using var app = await PlainApplication.StartAsync(app => app.MapGet("/", () => ""), options => options.LoggedPerSecond = 0);
        await app.GetAsync("/");
        await app.OnlyRecordAsync();

        Assert.Empty(app.Lines.Of("WebConcurrency.Requests 1000"));
        Assert.Equal(1, (await app.JsonAsync("/concurrency/summary")).GetProperty("lines_left_out").GetInt64());
    }

    [Fact]
    public async Task Setting_out_of_range_stops_the_start_and_is_named()
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(
            () => PlainApplication.StartAsync(_ => { }, options => options.RecordsKept = 1));
        Assert.Contains("RecordsKept", failure.Message, StringComparison.Ordinal);
    }

    private static async Task GetAsync(PlainApplication app, string path, string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation(header, value);
        using var answer = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private sealed class BreakableTime : TimeProvider
    {
        public bool Broken { get; set; }

        // The probe is no request's: what breaks there ends the process.
        public override long GetTimestamp() => Broken && Thread.CurrentThread.Name != "pool-probe" ? throw new InvalidOperationException("The clock is broken.") : base.GetTimestamp();
    }
}
