namespace WebConcurrency.Recording;

/// <summary>What a thread has used so far.</summary>
/// <param name="Allocated">Bytes of managed memory.</param>
/// <param name="Voluntary">Context switches because it waited.</param>
/// <param name="Involuntary">Context switches because the system wanted its CPU for something else.</param>
internal readonly record struct ThreadUsage(long Allocated, long Voluntary, long Involuntary)
{
    public static ThreadUsage operator +(ThreadUsage left, ThreadUsage right) =>
        new(left.Allocated + right.Allocated, left.Voluntary + right.Voluntary, left.Involuntary + right.Involuntary);

    public static ThreadUsage operator -(ThreadUsage left, ThreadUsage right) =>
        new(left.Allocated - right.Allocated, left.Voluntary - right.Voluntary, left.Involuntary - right.Involuntary);
}
