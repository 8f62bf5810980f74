using System.Buffers.Text;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace WebConcurrency.Recording;

/// <summary>
/// Reads how long threads wanted a CPU. Each thread keeps its own descriptor, because opening the file costs several times the reading; those of
/// threads that have ended are closed when others are opened, and by whoever looks from time to time. Thread-safe.
/// </summary>
internal static class ScheduleStatistics
{
    /// <summary>What cannot be known: the kernel was built without it, or a container hides it.</summary>
    public const long Unknown = -1;

    /// <summary>Opened between two looks for threads that have ended.</summary>
    private const int LookEvery = 64;

    // In the process, as the descriptors are.
    private static readonly Lock Guard = new();
    private static readonly List<Owned> All = [];
    private static int s_lookAt = LookEvery;

    [ThreadStatic]
    private static Owned? t_own;

    /// <summary>Descriptors that are open now.</summary>
    public static int Open
    {
        get
        {
            lock (Guard)
            {
                return All.Count;
            }
        }
    }

    /// <summary>Nanoseconds in which the calling thread was ready and something else ran.</summary>
    public static long ReadOwn()
    {
        // One that could not be opened is tried again: descriptors may have been short for a moment.
        t_own ??= TryCreate();
        return t_own is null ? Unknown : Read(t_own.File);
    }

    /// <summary>The same of another thread of this process, by opening the file anew.</summary>
    public static long Read(int thread)
    {
        using var file = TryOpen(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{thread}/schedstat"));
        return file is null ? Unknown : Read(file);
    }

    private static long Read(SafeFileHandle file)
    {
        Span<byte> text = stackalloc byte[96];
        try
        {
            return Parse(text[..RandomAccess.Read(file, text, 0)]);
        }
        catch (IOException)
        {
            return Unknown;
        }
    }

    /// <summary>Time on a CPU, time ready, turns on a CPU. A kernel that does not count says zero to all of them; a thread that reads has had a turn.</summary>
    internal static long Parse(ReadOnlySpan<byte> text)
    {
        var second = text.IndexOf((byte)' ') + 1;
        return second > 0
            && Utf8Parser.TryParse(text[second..], out long runnable, out var length)
            && text[(second + length)..] is [(byte)' ', .. var third]
            && Utf8Parser.TryParse(third, out long turns, out _)
            && turns > 0
            ? runnable
            : Unknown;
    }

    /// <summary>Closes the descriptors of threads that have ended. For whoever looks from time to time.</summary>
    public static void Tidy()
    {
        lock (Guard)
        {
            CloseEnded();
        }
    }

    private static Owned? TryCreate()
    {
        if (TryOpen("/proc/thread-self/schedstat") is not { } file)
        {
            return null;
        }

        var own = new Owned(Thread.CurrentThread, file);
        lock (Guard)
        {
            All.Add(own);
            if (All.Count >= s_lookAt)
            {
                CloseEnded();
            }
        }

        return own;
    }

    private static void CloseEnded()
    {
        for (var i = All.Count - 1; i >= 0; i--)
        {
            if (!All[i].Thread.IsAlive)
            {
                All[i].File.Dispose();
                All[i] = All[^1];
                All.RemoveAt(All.Count - 1);
            }
        }

        s_lookAt = All.Count + LookEvery;
    }

    private static SafeFileHandle? TryOpen(string path)
    {
        try
        {
            return File.OpenHandle(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private sealed record Owned(Thread Thread, SafeFileHandle File);
}
