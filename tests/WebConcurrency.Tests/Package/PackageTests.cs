using System.Net;
using System.Text.Json;

namespace WebConcurrency.Tests.Package;

/// <summary>An application that adds the package and the two lines, and changes nothing else.</summary>
public sealed class PackageTests(SampleApplication sample) : IClassFixture<SampleApplication>
{
    /// <summary>What a busy machine may put between the application's clock and the record's.</summary>
    private const double Slack = 0.5;

    /// <summary>Columns that only code which calls the library has.</summary>
    private static readonly string[] Absent = ["strategy", "workload", "queue_ms", "connection_ms", "gil_ms", "thread_start_ms", "db_ms"];

    private static readonly string[] Exclusive =
        ["queue_ms", "connection_ms", "db_ms", "io_ms", "gil_ms", "lock_ms", "gc_ms", "cpu_ms", "runnable_ms", "unexplained_ms"];

    [Fact]
    public async Task Computing_is_cpu_time_or_the_wanting_of_it()
    {
        // Once before: a route's first request compiles it, outside of what the application measures and within the record.
        await sample.JsonAsync("/compute?ms=1");
        var answer = await sample.JsonAsync("/compute?ms=60");
        var did = answer.GetProperty("ms").GetDouble();
        var record = Checked((await SettledAsync("/compute", 2)).First());
        if (OperatingSystem.IsLinux())
        {
            // What its clock counted it spent on a CPU, or wanting one, or stopped.
            var spent = Sum(record, "cpu_ms", "runnable_ms", "gc_ms", "lock_ms") + Math.Max(0, Of(record, "unexplained_ms"));
            Assert.InRange(spent, did - Slack, Of(record, "wall_ms") + 0.006);

            // The process computed this and little else meanwhile: its compiler, mostly.
            var process = answer.GetProperty("processCpuMs").GetDouble();
            Assert.InRange(Of(record, "cpu_ms"), process / 3, process + 2);
        }
    }

    [Fact]
    public async Task Waiting_that_nobody_tells_of_is_unexplained_and_nothing_else()
    {
        var did = await DidAsync("/slow?ms=80");
        var record = await RecordAsync("/slow");
        Assert.InRange(Of(record, OperatingSystem.IsLinux() ? "unexplained_ms" : "work_ms"), did - (did * 0.05) - 2, Of(record, "wall_ms"));
    }

    [Fact]
    public async Task Call_to_another_service_is_found_by_itself()
    {
        var did = await DidAsync("/call?ms=80");
        var record = await RecordAsync("/call");

        // Its own CPU time within the call is not waiting.
        Assert.InRange(Of(record, "io_ms"), did - (did * 0.05) - 2, Of(record, "wall_ms"));
        Assert.True(Of(record, "io_ms") + Sum(record, "cpu_ms", "runnable_ms", "gc_ms", "lock_ms") >= did - Slack);
        Assert.True(record.TryGetProperty("covered_ms", out _));
    }

    [Fact]
    public async Task Lock_that_another_request_holds_is_a_wait_that_names_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Who waits for a lock is known by the kernel's ids of threads.");

        // The second comes while the first holds, or the other way round; on a machine that is so busy that they do not meet, once more.
        for (var tries = 0; tries < 20; tries++)
        {
            await Task.WhenAll(DidAsync("/hold?ms=100"), DidAsync("/hold?ms=100"));
            var both = (await SettledAsync("/hold", 2 * (tries + 1))).Take(2).ToList();
            if (both.Find(record => record.TryGetProperty("blocked_by", out _)) is { ValueKind: JsonValueKind.Object } waited)
            {
                var holder = both.Single(record => record.GetProperty("id").GetInt64() != waited.GetProperty("id").GetInt64());
                Assert.Equal([holder.GetProperty("id").GetInt64()], waited.GetProperty("blocked_by").EnumerateArray().Select(id => id.GetInt64()));
                Assert.InRange(Of(waited, "lock_ms"), 0.001, Of(holder, "wall_ms") + Slack);
                return;
            }
        }

        Assert.Fail("No request waited for the other's lock.");
    }

    [Fact]
    public async Task Failure_is_the_applications_own_and_has_its_record()
    {
        using var answer = await sample.Client.GetAsync("/fail", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal(500, (await RecordAsync("/fail")).GetProperty("status").GetInt32());
    }

    private async Task<double> DidAsync(string path) => (await sample.JsonAsync(path)).GetProperty("ms").GetDouble();

    private async Task<JsonElement> RecordAsync(string route) => Checked(await sample.RecordAsync(route));

    private static JsonElement Checked(JsonElement record)
    {
        Assert.All(Absent, column => Assert.False(record.TryGetProperty(column, out _), column));
        if (OperatingSystem.IsLinux())
        {
            Assert.InRange(Sum(record, Exclusive), Of(record, "wall_ms") - 0.006, Of(record, "wall_ms") + 0.006);
        }

        return record;
    }

    private async Task<IEnumerable<JsonElement>> SettledAsync(string route, int count)
    {
        while (true)
        {
            await sample.RecordAsync(route);
            var records = (await sample.JsonAsync("/concurrency/requests?last=100")).EnumerateArray().Where(record => record.GetProperty("route").GetString() == route).ToList();
            if (records.Count >= count)
            {
                return records;
            }

            await Task.Delay(2, TestContext.Current.CancellationToken);
        }
    }

    private static double Sum(JsonElement record, params string[] columns) => columns.Sum(column => Of(record, column));

    private static double Of(JsonElement record, string column) => record.TryGetProperty(column, out var value) ? value.GetDouble() : 0;
}
