using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using WebConcurrency.Outputs;
using WebConcurrency.Recording;
using WebConcurrency.Tests.Ledger;

namespace WebConcurrency.Tests.Outputs;

/// <summary>The records as metrics, read by a listener and not by an exporter.</summary>
public sealed class RecordMetricsTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly List<(string Name, double Value, Dictionary<string, object?> Tags)> _measured = [];
    private readonly MeterListener _listener = new();
    private readonly IMeterFactory _meters;

    public RecordMetricsTests()
    {
        _meters = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Other tests' applications have a meter of this name too.
            if (instrument.Meter.Scope == _meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    [Fact]
    public void Histograms_count_in_seconds_the_columns_that_a_record_has()
    {
        var harness = Harness();
        var recorder = harness.Open();
        recorder.Routed("/orders/{id}");
        recorder.Label("thread", "orders");
        using (recorder.Wait(WaitKind.Queue))
        {
            harness.Pass(4);
        }

        using (recorder.Wait(WaitKind.Database))
        {
            harness.Pass(250);
        }

        harness.CloseAndRecord(recorder);
        Assert.Equal([0.254], Values("webconcurrency.request.wall"));
        Assert.Equal([0.004], Values("webconcurrency.request.queue"));
        Assert.Equal([0.25], Values("webconcurrency.request.wait", "db"));
        Assert.Equal([0.25], Values("webconcurrency.request.io_wait"));
        Assert.Equal([0.0], Values("webconcurrency.request.covered"));

        // None, and not measured: nothing.
        Assert.Empty(Values("webconcurrency.request.wait", "gil"));
        Assert.Empty(Values("webconcurrency.request.wait", "connection"));
        Assert.Empty(Values("webconcurrency.request.cpu"));
        Assert.Empty(Values("webconcurrency.request.runnable"));
        Assert.Empty(Values("webconcurrency.request.gc"));
    }

    [Fact]
    public void Labels_are_strategy_route_method_and_kind_alone()
    {
        var harness = Harness();
        var recorder = harness.Open();
        recorder.Routed("/orders/{id}");
        recorder.Label("thread", "orders");
        using (recorder.Wait(WaitKind.Database))
        {
            harness.Pass(1);
        }

        harness.CloseAndRecord(recorder);
        harness.CloseAndRecord(harness.Open());

        var tags = _measured.First(one => one.Name == "webconcurrency.request.wait").Tags;
        Assert.Equal(
            [("http.request.method", "GET"), ("http.route", "/orders/{id}"), ("webconcurrency.strategy", "thread"), ("webconcurrency.wait.kind", "db")],
            tags.Select(tag => (tag.Key, (string)tag.Value!)).Order());

        Assert.Equal(200, _measured.First(one => one.Name == "webconcurrency.request.wall").Tags["http.response.status_code"]);

        // No route matched, nobody said a strategy.
        Assert.Equal(["http.request.method", "http.response.status_code"], _measured.Last(one => one.Name == "webconcurrency.request.wall").Tags.Keys);
    }

    [Fact]
    public void Covered_is_a_part_of_the_io_wait_on_the_same_clock()
    {
        var harness = Harness();
        var waiting = harness.Open();
        using (waiting.Wait(WaitKind.Io))
        {
            harness.Pass(10);
            var working = harness.Open();
            working.Enter(new ThreadIdentity(9, 900), isWork: true);
            harness.Pass(30);
            working.Leave(new ThreadIdentity(9, 900));
        }

        harness.CloseAndRecord(waiting);
        Assert.Equal([0.04], Values("webconcurrency.request.io_wait"));
        Assert.Equal([0.03], Values("webconcurrency.request.covered"));
    }

    [Fact]
    public void What_goes_on_now_is_read_when_it_is_asked_for()
    {
        var harness = Harness();
        var running = harness.Open();
        var queued = harness.Open();
        using (queued.Wait(WaitKind.Queue))
        {
            _listener.RecordObservableInstruments();
        }

        Assert.Equal([1.0], Values("webconcurrency.requests.running"));
        Assert.Equal([1.0], Values("webconcurrency.requests.queued"));
        Assert.Equal([0.0], Values("webconcurrency.threads.leftover"));
        Assert.Equal([0.0], Values("webconcurrency.records.dropped"));
        running.Close(200);
    }

    [Fact]
    public void Dropped_records_are_counted()
    {
        var harness = Harness(options => options.PendingRecords = 1);
        harness.Open().Close(200);
        harness.Open().Close(200);
        _listener.RecordObservableInstruments();
        Assert.Equal([1.0], Values("webconcurrency.records.dropped"));
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private LedgerHarness Harness(Action<RequestConcurrencyOptions>? configure = null)
    {
        var harness = new LedgerHarness(configure);
        harness.Ledger.AddOutput(new RecordMetrics(_meters, harness.Ledger));
        return harness;
    }

    private IEnumerable<double> Values(string name, string? kind = null) => _measured
        .Where(one => one.Name == name && (kind is null || kind.Equals(one.Tags["webconcurrency.wait.kind"])))
        .Select(one => one.Value);

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Assert.True(instrument is not Histogram<double> || instrument.Unit == "s", instrument.Name);
        _measured.Add((instrument.Name, value, tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value)));
    }
}
