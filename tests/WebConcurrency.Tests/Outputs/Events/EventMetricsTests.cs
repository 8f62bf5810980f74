using System.Diagnostics.Metrics;

namespace WebConcurrency.Tests.Outputs.Events;

public sealed class EventMetricsTests
{
    [Fact]
    public async Task What_listeners_did_not_get_is_counted_and_never_falls()
    {
        await using var app = await SocketApplication.StartAsync(options => options.RecordsKept = 100);
        using var metrics = new Readings(app.Meters);
        Assert.Equal([0, 0], metrics.Read());
        await app.WorkAsync(130);
        await UntilAsync(() => app.Ledger.Newest(1) is [var newest] && newest.Figures.Sequence == 130, "record 130");

        using (var reader = await app.ListenAsync(lastEventId: 10))
        {
            await reader.NextAsync("lost");
            Assert.Equal([1, 20], metrics.Read());
        }

        await UntilAsync(() => app.Stream.Clients == 0, "the listener to be gone");

        // Who has left has still missed what it missed.
        Assert.Equal([0, 20], metrics.Read());
    }

    private static async Task UntilAsync(Func<bool> condition, string what)
    {
        for (var looks = 0; !condition(); looks++)
        {
            Assert.True(looks < 20_000, $"Waited too long for {what}.");
            await Task.Delay(2, TestContext.Current.CancellationToken);
        }
    }

    private sealed class Readings : IDisposable
    {
        private static readonly string[] Names = ["webconcurrency.events.listeners", "webconcurrency.events.lost"];

        private readonly MeterListener _listener = new();
        private readonly Dictionary<string, long> _values = [];

        public Readings(IMeterFactory meters)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                // Other tests' applications have a meter of this name too.
                if (instrument.Meter.Scope == meters)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => _values[instrument.Name] = value);
            _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => _values[instrument.Name] = value);
            _listener.Start();
        }

        public IEnumerable<long> Read()
        {
            _listener.RecordObservableInstruments();
            return Names.Select(name => _values[name]);
        }

        public void Dispose() => _listener.Dispose();
    }
}
