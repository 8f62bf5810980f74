using System.Diagnostics;
using WebConcurrency.Ledger;
using WebConcurrency.Outputs;
using WebConcurrency.Recording;
using WebConcurrency.Tests.Ledger;
using WebConcurrency.Tests.Recording;

namespace WebConcurrency.Tests.Outputs;

/// <summary>A record on its request's activity.</summary>
public sealed class SpanColumnsTests
{
    [Fact]
    public void Activity_gets_the_columns_and_the_phases_of_its_record()
    {
        var harness = Harness(options => options.ReportedWaits.Add(WaitKind.Gil));
        using var activity = new Activity("request");
        var recorder = harness.Open();
        recorder.Traced(activity);
        recorder.Label("thread", "io");
        recorder.Enter(new ThreadIdentity(5, 500), isWork: true);
        harness.Pass(2);
        using (recorder.Wait(WaitKind.Database))
        {
            harness.Pass(30);
        }

        harness.Pass(1);
        var record = harness.CloseAndRecord(recorder);

        Assert.Equal(33.0, activity.GetTagItem("webconcurrency.wall_ms"));
        Assert.Equal(30.0, activity.GetTagItem("webconcurrency.db_ms"));
        Assert.Equal(0.0, activity.GetTagItem("webconcurrency.gil_ms"));
        Assert.Equal("thread", activity.GetTagItem("webconcurrency.strategy"));
        Assert.Equal(record.Figures.Id, activity.GetTagItem("webconcurrency.id"));
        Assert.Equal(5, activity.GetTagItem("thread.id"));
        Assert.Equal([500], Assert.IsType<int[]>(activity.GetTagItem("webconcurrency.threads.os")));

        // Nobody measured it: it is not there, and not 0.
        Assert.Null(activity.GetTagItem("webconcurrency.cpu_ms"));
        Assert.Null(activity.GetTagItem("webconcurrency.queue_ms"));

        Assert.Equal(["work", "db", "work"], activity.Events.Select(one => one.Name));
        Assert.Equal([0.0, 2.0, 32.0], activity.Events.Select(one => (one.Timestamp - record.Figures.StartedAt).TotalMilliseconds));
        Assert.Equal([2.0, 30.0, 1.0], activity.Events.Select(one => one.Tags.Single(tag => tag.Key == "webconcurrency.phase.ms").Value));
    }

    [Fact]
    public void More_phases_than_exporters_let_through_are_left_out_and_it_says_so()
    {
        var harness = Harness();
        using var activity = new Activity("request");
        var recorder = harness.Open();
        recorder.Traced(activity);
        recorder.Enter(new ThreadIdentity(5, 500), isWork: true);
        for (var i = 0; i < 100; i++)
        {
            using (recorder.Wait(WaitKind.Io))
            {
                harness.Pass(1);
            }

            harness.Pass(1);
        }

        harness.CloseAndRecord(recorder);
        Assert.Equal(128, activity.Events.Count());
        Assert.Equal(true, activity.GetTagItem("webconcurrency.phases_left_out"));
        Assert.Equal(100.0, activity.GetTagItem("webconcurrency.io_ms"));
    }

    [Fact]
    public void Activity_of_a_withdrawn_request_waits_for_nothing()
    {
        var harness = Harness();
        using var activity = new Activity("request");
        var recorder = harness.Open();
        recorder.Traced(activity);
        Assert.False(RequestSpan.Of(activity)!.IsOver);
        recorder.Withdraw();
        Assert.True(RequestSpan.Of(activity)!.IsOver);
    }

    [Fact]
    public void Next_request_on_the_same_trace_does_not_write_to_the_one_befores_activity()
    {
        var harness = Harness();
        using var activity = new Activity("request");
        var first = harness.Open();
        first.Traced(activity);
        harness.CloseAndRecord(first);
        harness.CloseAndRecord(harness.Open());
        Assert.Equal(first.Id, activity.GetTagItem("webconcurrency.id"));
    }

    private static LedgerHarness Harness(Action<RequestConcurrencyOptions>? configure = null)
    {
        var options = new RequestConcurrencyOptions();
        configure?.Invoke(options);
        var harness = new LedgerHarness(configure);
        harness.Ledger.Spans = new SpanColumns(options, harness.Ledger);
        return harness;
    }
}
