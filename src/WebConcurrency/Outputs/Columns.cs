using System.Collections.Immutable;
using WebConcurrency.Ledger;
using WebConcurrency.Recording;

namespace WebConcurrency.Outputs;

/// <summary>Turns a record into what is shown.</summary>
internal sealed class Columns(RequestConcurrencyOptions options)
{
    public NumericColumns Numbers { get; } = new(options);

    public RecordJson Of(RequestRecord record) => Of(record.Figures, record.Threads);

    public RecordJson Of(in RecordFigures record, ImmutableArray<ThreadIdentity> threads)
    {
        Span<double> values = stackalloc double[NumericColumns.Count];
        Numbers.Fill(record, values);
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
            WallMs = Milliseconds(record.Times.Wall),
            QueueMs = Of(values, NumericColumn.Queue),
            ThreadStartMs = Of(values, NumericColumn.ThreadStart),
            ConnectionMs = Of(values, NumericColumn.Connection),
            DbMs = Of(values, NumericColumn.Database),
            IoMs = Of(values, NumericColumn.Io),
            GilMs = Of(values, NumericColumn.Gil),
            LockMs = Of(values, NumericColumn.Lock),
            GcMs = Of(values, NumericColumn.Gc),
            CpuMs = Of(values, NumericColumn.Cpu),
            RunnableMs = Of(values, NumericColumn.Runnable),
            UnexplainedMs = Of(values, NumericColumn.Unexplained),
            WorkMs = Of(values, NumericColumn.Work),
            WaitMs = Of(values, NumericColumn.Wait),
            CoveredMs = Of(values, NumericColumn.Covered),
            OthersWorkMs = Of(values, NumericColumn.OthersWork),
            Overlapped = (int?)Of(values, NumericColumn.Overlapped),
            ArrivalMs = Of(values, NumericColumn.Arrival),
            PoolDelayMs = Of(values, NumericColumn.PoolDelay),
            ParallelCpuMs = Of(values, NumericColumn.ParallelCpu),
            Switches = record.Used is { } used ? new SwitchesJson(used.Voluntary, used.Involuntary) : null,
            AllocatedBytes = record.Used?.Allocated,
            BlockedBy = Blockers(record.BlockedBy),
        };
    }

    /// <summary>One of the numbers as it is shown, if there is such a column: to the microsecond where it is a time.</summary>
    public static double? Of(ReadOnlySpan<double> values, NumericColumn column) =>
        double.IsNaN(values[(int)column]) ? null : Math.Round(values[(int)column], 3);

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
}
