using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using WebConcurrency.Ledger;
using WebConcurrency.Outputs;
using WebConcurrency.Outputs.Trace;
using WebConcurrency.Recording;
using WebConcurrency.Tests.Ledger;

namespace WebConcurrency.Tests.Outputs.Trace;

public sealed class TraceTests
{
    private const int Requests = 4_194_305;

    [Fact]
    public async Task Slices_are_the_records_phases_and_nothing_else()
    {
        await using var app = await StartAsync();
        var records = app.Ledger.Newest(100);

        var trace = await app.JsonAsync("/concurrency/trace");
        var slices = Of(trace, "X");

        foreach (var record in records)
        {
            var whole = slices.Single(slice => IsOf(slice, Requests, record.Figures.Id) && slice.GetProperty("cat").GetString() == "request");
            Assert.Equal(Microseconds(app, record.Figures.Finished - record.Figures.Started), whole.GetProperty("dur").GetDouble(), 0.26);
            Assert.Equal(record.Figures.Id, whole.GetProperty("args").GetProperty("id").GetInt64());

            var onRequest = slices.Where(slice => IsOf(slice, Requests, record.Figures.Id) && slice.GetProperty("cat").GetString() != "request").ToList();
            Assert.Equal(record.Phases.Select(phase => Columns.Name(phase.Kind)), onRequest.Select(slice => slice.GetProperty("name").GetString()));
            foreach (var (phase, slice) in record.Phases.Zip(onRequest))
            {
                Assert.Equal(Microseconds(app, phase.Start - record.Figures.Started), At(slice) - At(whole), 0.26);
                Assert.Equal(Microseconds(app, phase.End - phase.Start), slice.GetProperty("dur").GetDouble(), 0.26);
            }
        }

        var onThreads = slices.Where(slice => slice.GetProperty("pid").GetInt32() == Environment.ProcessId).ToList();
        var held = records.SelectMany(record => record.Phases).Where(phase => phase.Thread is not null).ToList();
        Assert.Equal(held.Count, onThreads.Count);
        Assert.Equal(
            held.Select(phase => (long)(phase.Thread!.Value.Os ?? phase.Thread!.Value.Managed)).Order(),
            onThreads.Select(slice => slice.GetProperty("tid").GetInt64()).Order());
        Assert.Equal(slices.Count, onThreads.Count + records.Sum(record => 1 + record.Phases.Length));
    }

    [Fact]
    public async Task Slices_of_a_track_follow_each_other_without_overlapping()
    {
        await using var app = await StartAsync();
        var slices = Of(await app.JsonAsync("/concurrency/trace"), "X").Where(slice => slice.GetProperty("cat").GetString() != "request");
        foreach (var track in slices.GroupBy(slice => (slice.GetProperty("pid").GetInt32(), slice.GetProperty("tid").GetInt64())))
        {
            var ordered = track.OrderBy(At).ToList();
            foreach (var (one, next) in ordered.Zip(ordered.Skip(1)))
            {
                Assert.True(At(one) + one.GetProperty("dur").GetDouble() <= At(next), $"{one} and {next}");
            }
        }
    }

    [Fact]
    public async Task Arrow_leads_from_the_end_of_a_wait_to_the_work_it_let_go_on()
    {
        await using var app = await StartAsync();
        var trace = await app.JsonAsync("/concurrency/trace");
        var ends = Of(trace, "f").ToDictionary(arrow => arrow.GetProperty("id").GetInt32());
        var slices = Of(trace, "X");

        Assert.NotEmpty(ends);
        foreach (var begin in Of(trace, "s"))
        {
            var end = ends[begin.GetProperty("id").GetInt32()];
            var wait = slices.Single(slice => slice.GetProperty("name").GetString() == "io" && Contains(slice, begin));
            Assert.Equal(At(wait) + wait.GetProperty("dur").GetDouble(), At(begin), 0.26);
            Assert.Contains(slices, slice => slice.GetProperty("cat").GetString() == "work" && Contains(slice, end) && At(slice) == At(end));
            Assert.True(At(end) >= At(begin));
        }
    }

    [Fact]
    public async Task Shares_of_work_are_arguments_and_add_up_to_the_time_outside_of_waits()
    {
        await using var app = await StartAsync();
        Assert.SkipUnless(OperatingSystem.IsLinux(), "CPU time is read on Linux alone.");
        foreach (var slice in Of(await app.JsonAsync("/concurrency/trace"), "X").Where(slice => slice.GetProperty("cat").GetString() == "work"))
        {
            var shares = slice.GetProperty("args").GetProperty("of_the_whole_request");
            var sum = shares.EnumerateObject().Sum(share => share.Value.GetDouble());
            Assert.True(shares.TryGetProperty("cpu_ms", out _));
            Assert.True(sum > 0, $"{shares}");
        }
    }

    [Fact]
    public async Task Tracks_have_the_names_of_their_threads()
    {
        await using var app = await StartAsync();
        var names = Of(await app.JsonAsync("/concurrency/trace"), "M").Where(name => name.GetProperty("name").GetString() == "thread_name")
            .Select(name => name.GetProperty("args").GetProperty("name").GetString()!).ToList();
        Assert.Contains(names, name => name.StartsWith("named (", StringComparison.Ordinal));
    }

    [Fact]
    public void Wait_for_the_lock_to_compute_has_an_arrow_to_the_one_that_held_it()
    {
        var harness = new LedgerHarness();
        var timebase = new Timebase(harness.Time);
        var (bystander, holder, waiting) = (harness.Open(), harness.Open(), harness.Open());
        bystander.Enter(new ThreadIdentity(7, 700), isWork: true);
        holder.Enter(new ThreadIdentity(8, 800), isWork: true);
        harness.Pass(10);
        waiting.Enter(new ThreadIdentity(9, 900), isWork: true);
        harness.Pass(2);
        waiting.BlockedBy(holder.Id);
        using (waiting.Wait(WaitKind.Gil))
        {
            harness.Pass(20);
            holder.Leave(new ThreadIdentity(8, 800));
        }

        harness.Pass(3);
        waiting.Leave(new ThreadIdentity(9, 900));
        bystander.Leave(new ThreadIdentity(7, 700));
        foreach (var recorder in new[] { bystander, holder, waiting })
        {
            harness.CloseAndRecord(recorder);
        }

        var trace = Written([.. harness.Records()], timebase);
        var begin = Of(trace, "s").Single(arrow => arrow.GetProperty("name").GetString() == "held by");
        var end = Of(trace, "f").Single(arrow => arrow.GetProperty("id").GetInt32() == begin.GetProperty("id").GetInt32());
        Assert.Equal((waiting.Id, 12_000.0), (begin.GetProperty("tid").GetInt64(), At(begin)));
        Assert.Equal((800L, 12_000.0), (end.GetProperty("tid").GetInt64(), At(end)));
        Assert.Contains(Of(trace, "X"), slice => slice.GetProperty("cat").GetString() == "gil" && Contains(slice, begin));
        Assert.Contains(Of(trace, "X"), slice => slice.GetProperty("name").GetString() == $"#{holder.Id} work" && Contains(slice, end));

        // Of a holder whose record is not in the file nothing is drawn.
        var alone = Written([harness.RecordOf(waiting)], timebase);
        Assert.DoesNotContain(Of(alone, "s"), arrow => arrow.GetProperty("name").GetString() == "held by");
    }

    [Fact]
    public void Track_of_a_number_that_the_kernel_gave_twice_names_both_threads()
    {
        var harness = new LedgerHarness();
        var timebase = new Timebase(harness.Time);
        foreach (var managed in new[] { 11, 12 })
        {
            var recorder = harness.Open();
            recorder.Enter(new ThreadIdentity(managed, 4_711), isWork: true);
            harness.Pass(5);
            recorder.Leave(new ThreadIdentity(managed, 4_711));
            harness.CloseAndRecord(recorder);
        }

        var names = Of(Written([.. harness.Records()], timebase), "M")
            .Where(name => name.GetProperty("name").GetString() == "thread_name" && name.GetProperty("tid").GetInt64() == 4_711)
            .Select(name => name.GetProperty("args").GetProperty("name").GetString()!);
        Assert.Equal(["thread (11), thread (12)"], names.Select(name => string.Join(", ", name.Split(", ").Order())));
    }

    private static JsonElement Written(ImmutableArray<RequestRecord> records, Timebase timebase)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            var trace = new TraceWriter(json, new RequestConcurrencyOptions(), timebase);
            trace.Begin(records);
            foreach (var record in records)
            {
                trace.Write(record);
            }

            trace.End(records);
        }

        return JsonDocument.Parse(buffer.WrittenMemory).RootElement;
    }

    [Fact]
    public void Counters_say_how_many_ran_and_were_queued()
    {
        var harness = new LedgerHarness();
        var first = harness.Open();
        harness.Pass(10);
        var second = harness.Open();
        using (second.Wait(WaitKind.Queue))
        {
            harness.Pass(5);
            first.Close(200);
            harness.Pass(5);
        }

        harness.Pass(1);
        second.Close(200);
        harness.Ledger.Settle();
        var start = harness.Records()[0].Figures.Started;

        Assert.Equal(
            [(0, 1, 0), (10, 1, 1), (15, 0, 1), (20, 1, 0), (21, 0, 0)],
            TraceCounters.Of([.. harness.Records()]).Select(count => ((count.At - start) / 10_000, count.Running, count.Queued)).Select(count => ((int)count.Item1, count.Running, count.Queued)));
    }

    [Theory]
    [InlineData("last=0")]
    [InlineData("last=10001")]
    [InlineData("last=x")]
    public async Task Bad_parameter_is_refused(string query)
    {
        await using var app = await PlainApplication.StartAsync(_ => { });
        using var answer = await app.Client.GetAsync($"/concurrency/trace?{query}", TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, answer.StatusCode);
    }

    /// <summary>Ten requests that work on a thread of their own, wait, and work.</summary>
    private static async Task<PlainApplication> StartAsync()
    {
        var app = await PlainApplication.StartAsync(app => app.MapGet("/", async () =>
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var thread = new Thread(() =>
            {
                Thread.SpinWait(10_000);
                using (RequestConcurrency.Wait(WaitKind.Io))
                {
                    Thread.SpinWait(10_000);
                }

                Thread.SpinWait(10_000);
                done.SetResult();
            }) { Name = "named" };
            thread.Start();
            await done.Task;
        }));
        for (var i = 0; i < 10; i++)
        {
            await app.GetAsync("/");
        }

        while (app.Ledger.Newest(10).Length < 10)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        return app;
    }

    private static List<JsonElement> Of(JsonElement trace, string kind) =>
        [.. trace.GetProperty("traceEvents").EnumerateArray().Where(one => one.GetProperty("ph").GetString() == kind)];

    private static bool IsOf(JsonElement slice, int process, long track) => slice.GetProperty("pid").GetInt32() == process && slice.GetProperty("tid").GetInt64() == track;

    private static bool Contains(JsonElement slice, JsonElement arrow) =>
        IsOf(slice, arrow.GetProperty("pid").GetInt32(), arrow.GetProperty("tid").GetInt64())
        && At(slice) <= At(arrow) && At(arrow) < At(slice) + slice.GetProperty("dur").GetDouble();

    private static double At(JsonElement one) => one.GetProperty("ts").GetDouble();

    private static double Microseconds(PlainApplication app, long ticks) => app.Ledger.Length(ticks).TotalMicroseconds;
}
