using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using WebConcurrency.Server.Admission;
using WebConcurrency.Server.Database;
using WebConcurrency.Server.Queueing;
using WebConcurrency.Server.Strategies;

namespace WebConcurrency.Server.Telemetry;

/// <summary>What the server itself has to count: its gates, and whom it turned away. Thread-safe.</summary>
internal sealed class ServerMetrics
{
    public const string MeterName = "WebConcurrency.Server";

    private const string Strategy = "webconcurrency.strategy";

    private readonly Counter<long> _rejected;

    public ServerMetrics(
        IMeterFactory meters, StrategyAdmission admission, DatabaseHost database, IEnumerable<IStrategy> strategies, IOptions<StrategyOptions> options)
    {
        var meter = meters.Create(MeterName);
        var names = strategies.Select(strategy => strategy.Name).Except(options.Value.Off).ToArray();
        _rejected = meter.CreateCounter<long>(
            "webconcurrency.requests.rejected", "{request}", "Requests that were turned away: no room, a wait too long, no thread to be had, or a server that stops.");

        meter.CreateObservableUpDownCounter(
            "webconcurrency.admission.in_use", () => Admission(gate => gate.InUse), "{request}", "Requests that are admitted now.");
        meter.CreateObservableUpDownCounter(
            "webconcurrency.admission.waiting", () => Admission(gate => gate.Waiting), "{request}", "Requests that wait to be admitted.");
        meter.CreateObservableUpDownCounter(
            "webconcurrency.admission.limit", () => Admission(gate => gate.Permits), "{request}", "Requests that may be admitted at once.");
        meter.CreateObservableUpDownCounter(
            "webconcurrency.connections.in_use", () => Connections(gate => gate.InUse), "{connection}", "Database connections that requests use now.");
        meter.CreateObservableUpDownCounter(
            "webconcurrency.connections.waiting", () => Connections(gate => gate.Waiting), "{request}", "Requests that wait for a database connection.");
        meter.CreateObservableUpDownCounter(
            "webconcurrency.connections.limit", () => Connections(gate => gate.Permits), "{connection}", "Database connections that requests may use at once.");

        IEnumerable<Measurement<int>> Admission(Func<FifoGate, int> figure) =>
            names.Select(name => new Measurement<int>(figure(admission.For(name)), new KeyValuePair<string, object?>(Strategy, name)));

        IEnumerable<Measurement<int>> Connections(Func<FifoGate, int> figure) =>
            database.Gate is { } gate ? [new Measurement<int>(figure(gate))] : [];
    }

    /// <summary>Counts a request that was turned away.</summary>
    public void Rejected(string strategy, TurnedAwayException why) =>
        _rejected.Add(1, new TagList { { Strategy, strategy }, { "webconcurrency.reason", Reason(why) } });

    private static string Reason(TurnedAwayException why) => why switch
    {
        QueueFullException => "full",
        QueueTimeoutException => "timeout",
        StoppingException => "stopping",
        _ => "no_thread",
    };
}
