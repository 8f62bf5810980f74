using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using WebConcurrency.Ledger;
using WebConcurrency.Recording;

namespace WebConcurrency.Outputs;

/// <summary>
/// A record's numbers, without an object for each record: a summary reads thousands. A wait that this application does not report, and this request did not
/// have, has no column.
/// </summary>
internal sealed class NumericColumns(RequestConcurrencyOptions options)
{
    /// <summary>What the columns are called, each at its own number.</summary>
    public static readonly ImmutableArray<string> Names = [.. Enum.GetValues<NumericColumn>().Select(Name)];

    public static int Count => Names.Length;

    /// <summary>Writes each column to its own place, not rounded; not a number where there is no such column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(in RecordFigures record, Span<double> values)
    {
        var times = record.Times;
        var queue = Reported(WaitKind.Queue, times.Queue);
        var connection = Reported(WaitKind.Connection, times.Connection);
        var database = Reported(WaitKind.Database, times.Database, record.DatabaseIsTold);
        var io = Reported(WaitKind.Io, times.Io, record.IoIsTold);
        var gil = Reported(WaitKind.Gil, times.Gil);

        // Without anything known of I/O waits, nothing can be said of what covered them.
        var hasIoWait = database is not null || io is not null;
        var waits = hasIoWait || queue is not null || connection is not null || gil is not null || times.Lock is not null;
        values[(int)NumericColumn.Wall] = Ms(times.Wall);
        values[(int)NumericColumn.Queue] = Ms(queue);
        values[(int)NumericColumn.ThreadStart] = Ms(times.ThreadStart > TimeSpan.Zero ? times.ThreadStart : null);
        values[(int)NumericColumn.Connection] = Ms(connection);
        values[(int)NumericColumn.Database] = Ms(database);
        values[(int)NumericColumn.Io] = Ms(io);
        values[(int)NumericColumn.Gil] = Ms(gil);
        values[(int)NumericColumn.Lock] = Ms(times.Lock);
        values[(int)NumericColumn.Gc] = Ms(times.Gc);
        values[(int)NumericColumn.Cpu] = Ms(times.Cpu);
        values[(int)NumericColumn.Runnable] = Ms(times.Runnable);
        values[(int)NumericColumn.Unexplained] = Ms(times.Unexplained);
        values[(int)NumericColumn.Work] = Ms(times.Cpu is null ? times.NotWaiting : null);
        values[(int)NumericColumn.Wait] = Ms(waits ? times.Wait : null);
        values[(int)NumericColumn.Covered] = Ms(hasIoWait ? record.Covered : null);
        values[(int)NumericColumn.OthersWork] = Ms(hasIoWait ? record.OthersWork : null);
        values[(int)NumericColumn.Overlapped] = hasIoWait ? record.Overlapped ?? double.NaN : double.NaN;
        values[(int)NumericColumn.Hops] = record.Hops;
        values[(int)NumericColumn.Arrival] = Ms(record.Arrival);
        values[(int)NumericColumn.PoolDelay] = Ms(record.PoolDelay);
        values[(int)NumericColumn.ParallelCpu] = Ms(times.ParallelCpu);
        values[(int)NumericColumn.AllocatedBytes] = record.Used?.Allocated ?? double.NaN;
    }

    /// <summary>The time, if a record has this column: because the request waited so, or because it would be known if it had.</summary>
    private TimeSpan? Reported(WaitKind kind, TimeSpan time, bool isTold = false) =>
        time > TimeSpan.Zero || isTold || options.ReportedWaits.Contains(kind) ? time : null;

    private static double Ms(TimeSpan? time) => time?.TotalMilliseconds ?? double.NaN;

    private static string Name(NumericColumn column) => column switch
    {
        NumericColumn.Wall => "wall_ms",
        NumericColumn.Queue => "queue_ms",
        NumericColumn.ThreadStart => "thread_start_ms",
        NumericColumn.Connection => "connection_ms",
        NumericColumn.Database => "db_ms",
        NumericColumn.Io => "io_ms",
        NumericColumn.Gil => "gil_ms",
        NumericColumn.Lock => "lock_ms",
        NumericColumn.Gc => "gc_ms",
        NumericColumn.Cpu => "cpu_ms",
        NumericColumn.Runnable => "runnable_ms",
        NumericColumn.Unexplained => "unexplained_ms",
        NumericColumn.Work => "work_ms",
        NumericColumn.Wait => "wait_ms",
        NumericColumn.Covered => "covered_ms",
        NumericColumn.OthersWork => "others_work_ms",
        NumericColumn.Overlapped => "overlapped",
        NumericColumn.Hops => "hops",
        NumericColumn.Arrival => "arrival_ms",
        NumericColumn.PoolDelay => "pool_delay_ms",
        NumericColumn.ParallelCpu => "parallel_cpu_ms",
        NumericColumn.AllocatedBytes => "allocated_bytes",
        _ => throw new ArgumentOutOfRangeException(nameof(column), column, null),
    };
}
