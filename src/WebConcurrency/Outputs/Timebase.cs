namespace WebConcurrency.Outputs;

/// <summary>The axis on which events and traces place records: milliseconds of the monotonic clock since this process began to record.</summary>
internal sealed class Timebase(TimeProvider time)
{
    private readonly long _origin = time.GetTimestamp();

    /// <summary>Which process this is: places of two processes cannot be compared.</summary>
    public Guid Instance { get; } = Guid.NewGuid();

    public TimeSpan Now => time.GetElapsedTime(_origin);

    public TimeSpan At(long timestamp) => time.GetElapsedTime(_origin, timestamp);
}
