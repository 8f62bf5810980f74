namespace WebConcurrency.Outputs;

/// <summary>Every column of a record that is a number, in the order in which they are shown. Times are in milliseconds.</summary>
internal enum NumericColumn
{
    Wall,
    Queue,
    ThreadStart,
    Connection,
    Database,
    Io,
    Gil,
    Lock,
    Gc,
    Cpu,
    Runnable,
    Unexplained,
    Work,
    Wait,
    Covered,
    OthersWork,
    Overlapped,
    Hops,
    Arrival,
    PoolDelay,
    ParallelCpu,
    AllocatedBytes,
}
