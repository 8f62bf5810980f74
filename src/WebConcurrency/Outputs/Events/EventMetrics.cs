using System.Diagnostics.Metrics;

namespace WebConcurrency.Outputs.Events;

/// <summary>What listeners cost and miss, as metrics: nobody can tell from one listener's page what others do not get.</summary>
internal sealed class EventMetrics
{
    public EventMetrics(IMeterFactory meters, EventStream stream)
    {
        var meter = meters.Create(RequestConcurrency.MeterName);
        meter.CreateObservableUpDownCounter(
            "webconcurrency.events.listeners", () => stream.Clients, "{listener}", "Who listens to the stream of finished requests, each live page being one.");
        meter.CreateObservableCounter(
            "webconcurrency.events.lost", () => stream.Lost, "{record}",
            "Records that listeners did not get because they read too slowly or there were too many, summed over the listeners.");
    }
}
