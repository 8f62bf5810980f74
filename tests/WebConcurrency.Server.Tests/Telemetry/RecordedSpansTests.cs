using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using OpenTelemetry;
using WebConcurrency.Recording;
using WebConcurrency.Server.Telemetry;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Telemetry;

/// <summary>Holding spans until their records are made.</summary>
public sealed class RecordedSpansTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Exporter _exporter = new();
    private readonly RecordedSpans _spans;

    public RecordedSpansTests() => _spans = new RecordedSpans(_exporter, new BatchExportProcessorOptions<Activity> { ScheduledDelayMilliseconds = 1, MaxQueueSize = 20_000 }, _time);

    [Fact]
    public async Task Span_of_a_request_leaves_with_its_record()
    {
        var span = End("request");
        End("other", isRequest: false);
        await ExportedAsync("other");

        span!.Settle(activity => activity.SetTag("webconcurrency.id", 1));
        await ExportedAsync("other", "request");
        Assert.Equal(1, _exporter.Seen[^1].GetTagItem("webconcurrency.id"));
        Assert.Equal(0, _spans.WithoutRecord);
    }

    [Fact]
    public async Task Span_whose_record_does_not_come_leaves_without_it()
    {
        End("lost");
        _time.Advance(RecordedSpans.Longest - TimeSpan.FromMilliseconds(1));
        End("other", isRequest: false);
        await ExportedAsync("other");
        _time.Advance(TimeSpan.FromSeconds(1));
        await ExportedAsync("other", "lost");
        Assert.Equal(1, _spans.WithoutRecord);
        Assert.Equal(0, _spans.Held);
    }

    [Fact]
    public async Task No_more_are_held_than_may_be()
    {
        for (var i = 0; i < RecordedSpans.MostHeld; i++)
        {
            End("held");
        }

        Assert.Equal(RecordedSpans.MostHeld, _spans.Held);
        End("one too many");
        await ExportedAsync("one too many");
        Assert.Equal((RecordedSpans.MostHeld, 1L), (_spans.Held, _spans.WithoutRecord));
    }

    [Fact]
    public void Those_whose_records_have_come_are_not_held_any_more()
    {
        for (var i = 0; i < 10; i++)
        {
            End("settled")!.Settle(_ => { });
        }

        End("next");
        Assert.Equal(1, _spans.Held);
    }

    [Fact]
    public void All_leave_at_the_end()
    {
        End("held");
        Assert.True(_spans.Shutdown());
        Assert.Equal(["held"], _exporter.Seen.Select(activity => activity.DisplayName));
    }

    [Fact]
    public void What_the_client_chose_freely_is_removed_from_a_servers_span()
    {
        var source = new ActivitySource("test");
        using var listener = new ActivityListener { ShouldListenTo = one => one == source, Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded };
        ActivitySource.AddActivityListener(listener);
        using var server = source.StartActivity("request", ActivityKind.Server)!;
        foreach (var name in new[] { "url.path", "url.query", "user_agent.original", "server.address", "client.address", "http.request.method_original", "http.route" })
        {
            server.SetTag(name, "x");
        }

        _spans.OnEnd(server);
        Assert.Equal(["http.route"], server.TagObjects.Select(tag => tag.Key));
    }

    public void Dispose() => _spans.Dispose();

    private RequestSpan? End(string name, bool isRequest = true)
    {
        var activity = new Activity(name) { ActivityTraceFlags = ActivityTraceFlags.Recorded };
        var span = isRequest ? new RequestSpan(activity) : null;
        _spans.OnEnd(activity);
        return span;
    }

    private Task ExportedAsync(params string[] names) => Eventually.EqualAsync(
        string.Join(", ", names), () => string.Join(", ", _exporter.Seen.Select(activity => activity.DisplayName)), "the exported spans");

    private sealed class Exporter : BaseExporter<Activity>
    {
        // Locked by itself.
        private readonly List<Activity> _seen = [];

        public IReadOnlyList<Activity> Seen
        {
            get
            {
                lock (_seen)
                {
                    return [.. _seen];
                }
            }
        }

        public override ExportResult Export(in Batch<Activity> batch)
        {
            lock (_seen)
            {
                foreach (var activity in batch)
                {
                    _seen.Add(activity);
                }
            }

            return ExportResult.Success;
        }
    }
}
