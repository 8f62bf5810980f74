using System.Runtime.InteropServices;

namespace WebConcurrency.Recording;

/// <summary>
/// Asks Linux, and works nowhere else: clock_gettime(2) for CPU time, field 2 of <c>/proc/…/schedstat</c> (Documentation/scheduler/sched-stats.rst: "time spent waiting on a
/// runqueue") for runnable time, getrusage(2) for switches.
/// </summary>
internal sealed partial class ThreadMeter : IThreadMeter
{
    /// <summary>CLOCK_THREAD_CPUTIME_ID of linux/time.h.</summary>
    private const int OwnCpuClock = 3;

    /// <summary>RUSAGE_THREAD of linux/resource.h.</summary>
    private const int OwnUsage = 1;

    private ThreadMeter()
    {
    }

    /// <summary>A meter that works here; <see langword="null"/> where there is none.</summary>
    public static ThreadMeter? Create()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            var meter = new ThreadMeter();
            meter.ReadUsage();
            return meter.TryRead(ThreadIdentity.Current, out _) ? meter : null;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    public bool TryRead(ThreadIdentity thread, out ThreadReading reading)
    {
        reading = default;
        if (thread.Os is not { } id)
        {
            return false;
        }

        var own = thread == ThreadIdentity.Current;
        if (GetTime(own ? OwnCpuClock : CpuClockOf(id), out var time) != 0)
        {
            return false;
        }

        var runnable = own ? ScheduleStatistics.ReadOwn() : ScheduleStatistics.Read(id);
        reading = new ThreadReading((time.Seconds * 1_000_000_000) + time.Nanoseconds, runnable);
        return true;
    }

    public ThreadUsage ReadUsage()
    {
        _ = GetUsage(OwnUsage, out var usage);
        return new ThreadUsage(GC.GetAllocatedBytesForCurrentThread(), usage.Voluntary, usage.Involuntary);
    }

    /// <summary>The CPU clock of any thread of the process: MAKE_THREAD_CPUCLOCK(tid, CPUCLOCK_SCHED) of linux/posix-timers.h.</summary>
    private static int CpuClockOf(int thread) => (~thread << 3) | 4 | 2;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [SuppressGCTransition]
    private static partial int GetTime(int clock, out TimeSpecification time);

    [LibraryImport("libc", EntryPoint = "getrusage")]
    [SuppressGCTransition]
    private static partial int GetUsage(int who, out ResourceUsage usage);

    /// <summary>struct timespec on 64-bit systems, the only ones that .NET supports on Linux besides 32-bit Arm.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpecification
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    /// <summary>struct rusage: two timevals and fourteen counters, of which the last two are the switches.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceUsage
    {
        public Counters Unused;
        public nint Voluntary;
        public nint Involuntary;

        [System.Runtime.CompilerServices.InlineArray(16)]
        public struct Counters
        {
            private nint _first;
        }
    }
}
