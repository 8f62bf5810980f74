using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using WebConcurrency.Recording;
using WebConcurrency.Tests.Outputs;

namespace WebConcurrency.Tests.Recording;

/// <summary>Waits that libraries tell of, in an application that names none.</summary>
public sealed class ClientSpansTests
{
    private static readonly ActivitySource Database = new("Npgsql");
    private static readonly ActivitySource Service = new("Some.Client");

    [Fact]
    public async Task Client_span_is_a_wait_of_the_request_in_which_it_started()
    {
        var record = await RecordAsync(async () =>
        {
            using (Service.StartActivity("call", ActivityKind.Client))
            {
                await Task.Delay(30);
            }
        });

        Assert.Equal(["io"], Waits(record));
        Assert.InRange(record.GetProperty("io_ms").GetDouble(), 20, record.GetProperty("wall_ms").GetDouble());

        // No library has told of a database: nobody knows whether there is one.
        Assert.False(record.TryGetProperty("db_ms", out _));
    }

    [Fact]
    public async Task Library_that_has_told_of_a_wait_makes_its_absence_a_zero()
    {
        await using var app = await PlainApplication.StartAsync(app =>
        {
            app.MapGet("/query", () => Database.StartActivity("query", ActivityKind.Client)?.Dispose());
            app.MapGet("/none", () => { });
        });
        await app.GetAsync("/query");
        await app.GetAsync("/none");
        var record = await app.RecordAsync("/none");

        Assert.Equal(0, record.GetProperty("db_ms").GetDouble());
        Assert.False(record.TryGetProperty("io_ms", out _));
    }

    [Fact]
    public async Task Calls_at_the_same_time_are_a_wait_until_the_last_of_them_ends()
    {
        var record = await RecordAsync(async () =>
        {
            var first = Service.StartActivity("short", ActivityKind.Client)!;
            var second = Service.StartActivity("long", ActivityKind.Client)!;
            await Task.Delay(2);
            first.Dispose();
            await Task.Delay(50);
            second.Dispose();
        });

        Assert.Equal(["io"], Waits(record));
        Assert.True(record.GetProperty("io_ms").GetDouble() > 45, record.GetRawText());
    }

    [Fact]
    public async Task Query_during_a_call_is_the_database_s_while_it_lasts()
    {
        var record = await RecordAsync(async () =>
        {
            using var call = Service.StartActivity("call", ActivityKind.Client);
            await Task.Delay(2);
            using (Database.StartActivity("query", ActivityKind.Client))
            {
                await Task.Delay(2);
            }

            await Task.Delay(2);
        });

        Assert.Equal(["io", "db", "io"], Waits(record));
    }

    [Fact]
    public async Task Database_is_known_by_its_source_or_by_its_tag()
    {
        var record = await RecordAsync(async () =>
        {
            using (Database.StartActivity("query", ActivityKind.Client))
            {
                await Task.Delay(2);
            }

            using (Service.StartActivity("query", ActivityKind.Client, default(ActivityContext), [new("db.system.name", "other")]))
            {
                await Task.Delay(2);
            }
        });

        Assert.Equal(["db", "db"], Waits(record));
    }

    [Fact]
    public async Task Spans_of_other_kinds_are_not_even_made()
    {
        var made = 0;
        var record = await RecordAsync(() =>
        {
            made += Service.StartActivity("inner", ActivityKind.Internal) is null ? 0 : 1;
            made += Service.StartActivity("serve", ActivityKind.Server) is null ? 0 : 1;
            return Task.CompletedTask;
        });

        Assert.Equal(0, made);
        Assert.Empty(Waits(record));
    }

    [Fact]
    public async Task Span_that_a_tracer_wants_inside_a_named_wait_does_not_outlast_that_wait()
    {
        using var tracer = new ActivityListener
        {
            ShouldListenTo = source => source == Database,
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(tracer);
        var record = await RecordAsync(async () =>
        {
            var wait = RequestConcurrency.Wait(WaitKind.Database);
            var query = Database.StartActivity("query", ActivityKind.Client);
            Assert.NotNull(query);
            await Task.Delay(2);
            wait.Dispose();

            // The rows are read now; the span of a reader ends with the reader.
            SpinWait.SpinUntil(() => query.Duration > TimeSpan.Zero, TimeSpan.FromMilliseconds(50));
            query.Dispose();
        });

        Assert.InRange(record.GetProperty("db_ms").GetDouble(), 0, record.GetProperty("wall_ms").GetDouble() - 50);
    }

    [Fact]
    public async Task Wait_that_is_named_already_has_no_span_beside_it()
    {
        var made = 0;
        var record = await RecordAsync(async () =>
        {
            using (RequestConcurrency.Wait(WaitKind.Database))
            using (var activity = Database.StartActivity("query", ActivityKind.Client))
            {
                made += activity is null ? 0 : 1;
                await Task.Delay(2);
            }
        });

        Assert.Equal(0, made);
        Assert.Equal(["db"], Waits(record));
    }

    [Fact]
    public async Task Span_may_end_where_nobody_knows_the_request()
    {
        var record = await RecordAsync(async () =>
        {
            var activity = Service.StartActivity("call", ActivityKind.Client)!;
            await Task.Delay(2);
            var thread = new Thread(activity.Stop);
            thread.UnsafeStart();
            thread.Join();
            await Task.Delay(50);
        });

        Assert.True(record.GetProperty("unexplained_ms").GetDouble() > record.GetProperty("io_ms").GetDouble(), record.GetRawText());
    }

    [Fact]
    public void Outside_of_a_request_a_client_span_is_nobody_s()
    {
        using var spans = new ClientSpans([]);
        spans.Start();
        Assert.Null(Service.StartActivity("call", ActivityKind.Client));
    }

    [Fact]
    public async Task Switched_off_it_leaves_the_columns_out()
    {
        var record = await RecordAsync(() => Task.CompletedTask, options => options.ClientSpans = false);

        Assert.False(record.TryGetProperty("io_ms", out _));
        Assert.False(record.TryGetProperty("db_ms", out _));
    }

    private static string[] Waits(JsonElement record) =>
        [.. record.GetProperty("phases").EnumerateArray().Select(phase => phase.GetProperty("kind").GetString()!).Where(kind => kind is "io" or "db")];

    private static async Task<JsonElement> RecordAsync(Func<Task> body, Action<RequestConcurrencyOptions>? configure = null)
    {
        await using var app = await PlainApplication.StartAsync(app => app.MapGet("/", body), configure);
        await app.GetAsync("/");
        var record = await app.OnlyRecordAsync();
        return await app.JsonAsync($"/concurrency/requests/{record.GetProperty("id").GetInt64()}");
    }
}
