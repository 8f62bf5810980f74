using WebConcurrency.Recording;

namespace WebConcurrency.Outputs;

/// <summary>Turns a record into what is shown. A wait that this application does not report, and this request did not have, has no column.</summary>
internal sealed class Columns(RequestConcurrencyOptions options)
{
    public RecordJson Of(RequestRecord record)
    {
        var times = record.Times;
        var queue = Reported(WaitKind.Queue, times.Queue);
        var connection = Reported(WaitKind.Connection, times.Connection);
        var database = Reported(WaitKind.Database, times.Database);
        var io = Reported(WaitKind.Io, times.Io);
        var gil = Reported(WaitKind.Gil, times.Gil);
        var ioWait = database is not null || io is not null;
        return new RecordJson
        {
            Id = record.Id,
            Sequence = record.Sequence,
            Method = record.Method,
            Route = record.Route,
            Status = record.Status,
            Strategy = record.Strategy,
            Workload = record.Workload,
            StartedAt = record.StartedAt,
            Threads = [.. record.Threads.Select(ThreadJson.From)],
            Hops = record.Hops,
            WallMs = Milliseconds(times.Wall),
            QueueMs = queue,
            ThreadStartMs = times.ThreadStart > TimeSpan.Zero ? Milliseconds(times.ThreadStart) : null,
            ConnectionMs = connection,
            DbMs = database,
            IoMs = io,
            GilMs = gil,
            WorkMs = record.WorkIsKnown ? Milliseconds(times.Work) : null,
            WaitMs = ioWait || queue is not null || connection is not null || gil is not null ? Milliseconds(times.Wait) : null,
            CoveredMs = ioWait ? Milliseconds(record.Covered) : null,
            OthersWorkMs = ioWait ? Milliseconds(record.OthersWork) : null,
            Overlapped = ioWait ? record.Overlapped : null,
        };
    }

    public static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);

    /// <summary>A phase's kind, named as its column is.</summary>
    public static string Name(PhaseKind kind) => kind switch
    {
        PhaseKind.Work => "work",
        PhaseKind.Queue => "queue",
        PhaseKind.ThreadStart => "thread_start",
        PhaseKind.Connection => "connection",
        PhaseKind.Gil => "gil",
        PhaseKind.Database => "db",
        PhaseKind.Io => "io",
        _ => "unexplained",
    };

    private double? Reported(WaitKind kind, TimeSpan time) =>
        time > TimeSpan.Zero || options.ReportedWaits.Contains(kind) ? Milliseconds(time) : null;
}
