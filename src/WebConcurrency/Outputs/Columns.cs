using System.Collections.Immutable;
using WebConcurrency.Ledger;
using WebConcurrency.Recording;

namespace WebConcurrency.Outputs;

/// <summary>Turns a record into what is shown. A wait that this application does not report, and this request did not have, has no column.</summary>
internal sealed class Columns(RequestConcurrencyOptions options)
{
    public RecordJson Of(RequestRecord record) => Of(record.Figures, record.Threads);

    public RecordJson Of(in RecordFigures record, ImmutableArray<ThreadIdentity> threads)
    {
        var times = record.Times;
        var queue = Milliseconds(Reported(WaitKind.Queue, times.Queue));
        var connection = Milliseconds(Reported(WaitKind.Connection, times.Connection));
        var database = Milliseconds(Reported(WaitKind.Database, times.Database));
        var io = Milliseconds(Reported(WaitKind.Io, times.Io));
        var gil = Milliseconds(Reported(WaitKind.Gil, times.Gil));
        var ioWait = HasIoWait(times);
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
            Threads = [.. threads.Select(ThreadJson.From)],
            Hops = record.Hops,
            WallMs = Milliseconds(times.Wall),
            QueueMs = queue,
            ThreadStartMs = times.ThreadStart > TimeSpan.Zero ? Milliseconds(times.ThreadStart) : null,
            ConnectionMs = connection,
            DbMs = database,
            IoMs = io,
            GilMs = gil,
            LockMs = Milliseconds(times.Lock),
            GcMs = Milliseconds(times.Gc),
            CpuMs = Milliseconds(times.Cpu),
            RunnableMs = Milliseconds(times.Runnable),
            UnexplainedMs = Milliseconds(times.Unexplained),
            WorkMs = times.Cpu is null ? Milliseconds(times.NotWaiting) : null,
            WaitMs = ioWait || queue is not null || connection is not null || gil is not null || times.Lock is not null ? Milliseconds(times.Wait) : null,
            CoveredMs = ioWait ? Milliseconds(record.Covered) : null,
            OthersWorkMs = ioWait ? Milliseconds(record.OthersWork) : null,
            Overlapped = ioWait ? record.Overlapped : null,
            ArrivalMs = Milliseconds(record.Arrival),
            PoolDelayMs = Milliseconds(record.PoolDelay),
            ParallelCpuMs = Milliseconds(times.ParallelCpu),
            Switches = record.Used is { } used ? new SwitchesJson(used.Voluntary, used.Involuntary) : null,
            AllocatedBytes = record.Used?.Allocated,
            BlockedBy = Blockers(record.BlockedBy),
        };
    }

    private static double? Milliseconds(TimeSpan? time) => time is { } known ? Milliseconds(known) : null;

    private static ImmutableArray<long>? Blockers(in Blockers blockers)
    {
        if (blockers.Count == 0)
        {
            return null;
        }

        var ids = ImmutableArray.CreateBuilder<long>(blockers.Count);
        for (var i = 0; i < blockers.Count; i++)
        {
            ids.Add(blockers[i]);
        }

        return ids.MoveToImmutable();
    }

    public static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);

    /// <summary>A phase's kind, named as its column is.</summary>
    public static string Name(PhaseKind kind) => kind switch
    {
        PhaseKind.Pipeline => "pipeline",
        PhaseKind.Work => "work",
        PhaseKind.Queue => "queue",
        PhaseKind.ThreadStart => "thread_start",
        PhaseKind.Connection => "connection",
        PhaseKind.Gil => "gil",
        PhaseKind.Database => "db",
        PhaseKind.Io => "io",
        _ => "unexplained",
    };

    /// <summary>The time, if a record has this column: because the request waited so, or because it would be known if it had.</summary>
    public TimeSpan? Reported(WaitKind kind, TimeSpan time) =>
        time > TimeSpan.Zero || options.ReportedWaits.Contains(kind) || (options.ClientSpans && ((PhaseKind)kind).IsIoWait()) ? time : null;

    /// <summary>Whether anything is known of I/O waits, without which nothing can be said of what covered them.</summary>
    public bool HasIoWait(in RequestTimes times) => Reported(WaitKind.Database, times.Database) is not null || Reported(WaitKind.Io, times.Io) is not null;
}
