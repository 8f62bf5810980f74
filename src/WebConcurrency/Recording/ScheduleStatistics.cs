using System.Buffers.Text;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace WebConcurrency.Recording;

/// <summary>
/// Reads how long threads wanted a CPU. Each thread keeps its own descriptor, because opening the file costs several times the reading; those of
/// threads that have ended are closed when others are opened. Thread-safe.
/// </summary>
internal static class ScheduleStatistics
{
    /// <summary>What cannot be known: the kernel was built without it, or a container hides it.</summary>
    public const long Unknown = -1;

    /// <summary>Opened between two looks for threads that have ended: so many descriptors at most outlive their threads.</summary>
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
        var own = t_own ??= Create();
        return own.File is null ? Unknown : Read(own.File);
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
            var length = RandomAccess.Read(file, text, 0);
            var second = text[..length].IndexOf((byte)' ') + 1;
            return second > 0 && Utf8Parser.TryParse(text[second..length], out long runnable, out _) ? runnable : Unknown;
        }
        catch (IOException)
        {
            return Unknown;
        }
    }

    private static Owned Create()
    {
        var own = new Owned(Thread.CurrentThread, TryOpen("/proc/thread-self/schedstat"));
        if (own.File is not null)
        {
            lock (Guard)
            {
                All.Add(own);
                if (All.Count >= s_lookAt)
                {
                    CloseEnded();
                    s_lookAt = All.Count + LookEvery;
                }
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
                All[i].File!.Dispose();
                All[i] = All[^1];
                All.RemoveAt(All.Count - 1);
            }
        }
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

    private sealed record Owned(Thread Thread, SafeFileHandle? File);
}
