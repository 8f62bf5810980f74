using System.Diagnostics;
using System.Diagnostics.Metrics;
using WebConcurrency.Ledger;
using WebConcurrency.Recording;

namespace WebConcurrency.Outputs;

/// <summary>
/// The records as metrics, in seconds, fed by the settling thread: a request's own path pays nothing for them. A wait's histogram counts the requests that waited so:
/// that they waited at all is known from the clock, and most requests have most waits not at all. What is known of some requests only (CPU time, locks, collections) counts
/// each record that has the column. Labels are from fixed sets: strategies, route templates, known methods, kinds of waits.
/// </summary>
internal sealed class RecordMetrics : IRecordOutput
{
    private const string Strategy = "webconcurrency.strategy";
    private const string Kind = "webconcurrency.wait.kind";

    // Names of OpenTelemetry's semantic conventions.
    private const string Method = "http.request.method";
    private const string Route = "http.route";
    private const string Status = "http.response.status_code";

    /// <summary>From a tenth of a millisecond, below which nobody waits, to the longest that our own server lets anything take.</summary>
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15],
    };

    private readonly Histogram<double> _wall;
    private readonly Histogram<double> _queue;
    private readonly Histogram<double> _wait;
    private readonly Histogram<double> _ioWait;
    private readonly Histogram<double> _covered;
    private readonly Histogram<double> _cpu;
    private readonly Histogram<double> _runnable;
    private readonly Histogram<double> _gc;

    public RecordMetrics(IMeterFactory meters, RequestLedger ledger)
    {
        var meter = meters.Create(RequestConcurrency.MeterName);
        _wall = Histogram(
            "webconcurrency.request.wall", "Time from the middleware's entry to the response's completion, by status.");
        _queue = Histogram(
            "webconcurrency.request.queue", "Time in which a request was handed over and had no thread yet. Counts the requests that were.");
        _wait = Histogram(
            "webconcurrency.request.wait", "Time in which a request waited, by what for: connection, db, io, gil, lock. Counts the requests that did (of lock: those of which it is known). Without the CPU time inside it where that is known.");
        _ioWait = Histogram(
            "webconcurrency.request.io_wait", "Time in which a request waited for the database or other I/O, from the clock alone: what covered is a part of.");
        _covered = Histogram(
            "webconcurrency.request.covered", "The part of a request's I/O wait in which at least one other request worked.");
        _cpu = Histogram(
            "webconcurrency.request.cpu", "Time on a CPU. Counts only the requests of which the system was asked: under load a sample.");
        _runnable = Histogram(
            "webconcurrency.request.runnable",
            "Time in which a request wanted a CPU and the system ran something else. Counts only the requests of which the system was asked: under load a sample.");
        _gc = Histogram(
            "webconcurrency.request.gc", "Time in which a request was stopped by a garbage collection.");

        meter.CreateObservableUpDownCounter(
            "webconcurrency.requests.running", () => ledger.Counts.Running, "{request}", "Requests that are neither queued nor finished.");
        meter.CreateObservableUpDownCounter(
            "webconcurrency.requests.queued", () => ledger.Counts.Queued, "{request}", "Requests that have no thread yet.");
        meter.CreateObservableUpDownCounter(
            "webconcurrency.threads.leftover", () => ledger.Counts.Leftover, "{request}", "Requests already answered whose work has not ended.");
        meter.CreateObservableCounter(
            "webconcurrency.records.dropped", () => ledger.Counts.Dropped, "{record}", "Finished requests without a record because too many were pending.");
        meter.CreateObservableCounter(
            "webconcurrency.recording.faults", () => ledger.Faults, "{fault}", "How often recording failed. The request itself was not disturbed.");

        Histogram<double> Histogram(string name, string description) => meter.CreateHistogram(name, "s", description, tags: null, Seconds);
    }

    public void Write(in RecordFigures figures)
    {
        var tags = Tags(figures);
        var times = figures.Times;
        if (_wall.Enabled)
        {
            var own = tags;
            own.Add(Status, figures.Status);
            Record(_wall, own, times.Wall);
        }

        Record(_queue, tags, Waited(times.Queue));
        Record(_cpu, tags, times.Cpu);
        Record(_runnable, tags, times.Runnable);
        Record(_gc, tags, times.Gc);
        if (times.IoWait > TimeSpan.Zero)
        {
            Record(_ioWait, tags, times.IoWait);
            Record(_covered, tags, figures.Covered);
        }

        Wait("connection", Waited(times.Connection));
        Wait("db", Waited(times.Database));
        Wait("io", Waited(times.Io));
        Wait("gil", Waited(times.Gil));
        Wait("lock", times.Lock);

        void Wait(string kind, TimeSpan? time)
        {
            if (time is not null && _wait.Enabled)
            {
                var own = tags;
                own.Add(Kind, kind);
                Record(_wait, own, time);
            }
        }
    }

    private static TimeSpan? Waited(TimeSpan time) => time > TimeSpan.Zero ? time : null;

    private static TagList Tags(in RecordFigures figures)
    {
        var tags = new TagList { { Method, figures.Method } };
        if (figures.Route != RecordFigures.NoRoute)
        {
            tags.Add(Route, figures.Route);
        }

        if (figures.Strategy is { } strategy)
        {
            tags.Add(Strategy, strategy);
        }

        return tags;
    }

    private static void Record(Histogram<double> histogram, in TagList tags, TimeSpan? time)
    {
        if (time is { } known && histogram.Enabled)
        {
            histogram.Record(known.TotalSeconds, tags);
        }
    }
}
