using System.Runtime.InteropServices;

namespace WebConcurrency.Recording;

/// <summary>Which thread: the runtime's number for it and the operating system's.</summary>
public readonly partial record struct ThreadIdentity
{
    [ThreadStatic]
    private static ThreadIdentity t_current;

    // Zero is no thread's id: eight bytes in all, because many are kept.
    private readonly int _os;

    /// <param name="managed">The runtime's number.</param>
    /// <param name="os">The kernel's; <see langword="null"/> where it cannot be read.</param>
    public ThreadIdentity(int managed, int? os)
    {
        Managed = managed;
        _os = os ?? 0;
    }

    /// <summary>The thread that asks. Read from the kernel once for each thread, so later calls cost no system call.</summary>
    public static ThreadIdentity Current
    {
        get
        {
            if (t_current.Managed == 0)
            {
                t_current = new ThreadIdentity(Environment.CurrentManagedThreadId, ReadOsId());
                ThreadNames.Note(t_current, Thread.CurrentThread.Name);
            }

            return t_current;
        }
    }

    /// <summary><see cref="Environment.CurrentManagedThreadId"/>. The runtime gives the number of an ended thread to a new one.</summary>
    public int Managed { get; }

    /// <summary>
    /// The kernel's id, as in <c>/proc/self/task</c> and <c>top -H</c>; <see langword="null"/> where it cannot be read (only Linux is read).
    /// </summary>
    public int? Os => _os == 0 ? null : _os;

    /// <inheritdoc/>
    public override string ToString() => Os is { } os ? $"{Managed} (OS {os})" : $"{Managed}";

    private static int? ReadOsId()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            return GetTid();
        }
        catch (EntryPointNotFoundException)
        {
            // A C library older than glibc 2.30.
            return null;
        }
    }

    /// <summary>gettid(2).</summary>
    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int GetTid();
}
