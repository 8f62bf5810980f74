using System.Runtime.InteropServices;
using WebConcurrency.Recording;

namespace WebConcurrency.Server.Threading;

/// <summary>Lowers the calling thread's priority for the rest of its life: downwards needs no privilege, and upwards again would.</summary>
internal static partial class LowPriority
{
    /// <summary>
    /// The kernel weighs nice 0 with 1024 and nice 10 with 110 (<c>sched_prio_to_weight</c> in the kernel's <c>kernel/sched/core.c</c>): about nine to one, as
    /// between any other two that are ten apart. From where the thread is: of a server that was itself started as nice, nice 10 may be more than the others have.
    /// </summary>
    private const int Steps = 10;

    private const int Lowest = 19;

    /// <summary>PRIO_PROCESS; on Linux a thread's own id names the thread alone, see setpriority(2).</summary>
    private const int OneProcess = 0;

    private static readonly Lazy<bool> Tried = new(Try);

    /// <summary>Whether the system lets a thread do it; a sandbox may not. Found out once, by a thread that ends again.</summary>
    public static bool IsPermitted => Tried.Value;

    /// <returns>Whether the system did it.</returns>
    public static bool TakeOn()
    {
        if (OperatingSystem.IsLinux() && ThreadIdentity.Current.Os is { } thread)
        {
            return SetPriority(OneProcess, thread, Math.Min(Lowest, GetPriority(OneProcess, thread) + Steps)) == 0;
        }

        Thread.CurrentThread.Priority = ThreadPriority.Lowest;
        return true;
    }

    private static bool Try()
    {
        var done = false;
        OwnedThread.Start("low-priority", () => done = TakeOn()).Join();
        return done;
    }

    [LibraryImport("libc", EntryPoint = "getpriority")]
    private static partial int GetPriority(int which, int who);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int nice);
}
