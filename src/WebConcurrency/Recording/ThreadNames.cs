namespace WebConcurrency.Recording;

/// <summary>
/// The names of the threads seen last. A thread that ended has no name any more in the kernel, and its record outlives it; a name in each record would be
/// kept thousands of times. Thread-safe.
/// </summary>
internal static class ThreadNames
{
    // A power of two. Kernel ids grow until they wrap, so that these are about the last so many threads.
    private const int Kept = 16_384;

    private static readonly Lock Guard = new();
    private static readonly (ThreadIdentity Thread, string? Name)[] Names = new (ThreadIdentity, string?)[Kept];

    /// <summary>Called by each thread once, when it is first seen.</summary>
    public static void Note(ThreadIdentity thread, string? name)
    {
        lock (Guard)
        {
            Names[Slot(thread)] = (thread, name);
        }
    }

    /// <summary>The name; <see langword="null"/> when it has none or is no longer known.</summary>
    public static string? Of(ThreadIdentity thread)
    {
        lock (Guard)
        {
            var (known, name) = Names[Slot(thread)];
            return known == thread ? name : null;
        }
    }

    private static int Slot(ThreadIdentity thread) => (thread.Os ?? thread.Managed) & (Kept - 1);
}
