namespace WebConcurrency.Recording;

/// <summary>What the system has given a thread so far, in nanoseconds.</summary>
/// <param name="Cpu">Time on a CPU.</param>
/// <param name="Runnable">Time in which it was ready and the system ran something else; −1 when the system does not say.</param>
internal readonly record struct ThreadReading(long Cpu, long Runnable);
