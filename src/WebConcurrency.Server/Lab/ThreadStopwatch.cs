using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace WebConcurrency.Server.Lab;

/// <summary>
/// What a stretch of code costs its thread, read around that code and by other ways than the recorder's where there are any: it is what the recorder is
/// compared with. Started and stopped on one thread.
/// </summary>
internal readonly partial struct ThreadStopwatch
{
    /// <summary>CLOCK_THREAD_CPUTIME_ID of time.h.</summary>
    private const int ThreadCpuClock = 3;

    private readonly (long Voluntary, long Involuntary)? _switches;
    private readonly long? _runnable;
    private readonly long? _cpu;
    private readonly long _started;

    private ThreadStopwatch((long Voluntary, long Involuntary)? switches, long? runnable, long? cpu, long started) =>
        (_switches, _runnable, _cpu, _started) = (switches, runnable, cpu, started);

    /// <summary>Starts to measure the calling thread.</summary>
    // The innermost reading is the dearest to be disturbed: the files cost the thread time themselves.
    public static ThreadStopwatch Start() => new(Switches(), Runnable(), Cpu(), Stopwatch.GetTimestamp());

    /// <summary>CPU time since the start; <see langword="null"/> where the system does not tell.</summary>
    public double? CpuMs => Milliseconds(Cpu() - _cpu);

    /// <summary>What has passed since the start.</summary>
    public ThreadTimes Stop()
    {
        var took = Stopwatch.GetElapsedTime(_started);
        var cpu = Cpu() - _cpu;
        var runnable = Runnable() - _runnable;
        var switches = Switches();
        return new ThreadTimes(
            Math.Round(took.TotalMilliseconds, 3),
            Milliseconds(cpu),
            Milliseconds(runnable),
            switches?.Voluntary - _switches?.Voluntary,
            switches?.Involuntary - _switches?.Involuntary);
    }

    private static double? Milliseconds(long? nanoseconds) => nanoseconds is { } known ? Math.Round(known / 1e6, 3) : null;

    private static long? Cpu() =>
        OperatingSystem.IsLinux() && GetTime(ThreadCpuClock, out var time) == 0 ? (time.Seconds * 1_000_000_000L) + time.Nanoseconds : null;

    /// <summary>The second field: nanoseconds in which the thread was ready and something else ran. See the kernel's scheduler/sched-stats.rst.</summary>
    private static long? Runnable() =>
        Read("schedstat")?.Split(' ') is [_, var runnable, ..] ? long.Parse(runnable, CultureInfo.InvariantCulture) : null;

    private static (long Voluntary, long Involuntary)? Switches() =>
        Read("status")?.Split('\n') is { } lines && Field(lines, "voluntary_ctxt_switches:") is { } voluntary && Field(lines, "nonvoluntary_ctxt_switches:") is { } other
            ? (voluntary, other)
            : null;

    private static long? Field(string[] lines, string name) =>
        Array.Find(lines, line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
            ? long.Parse(line.AsSpan(name.Length).Trim(), CultureInfo.InvariantCulture)
            : null;

    private static string? Read(string name)
    {
        try
        {
            return File.ReadAllText($"/proc/thread-self/{name}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpecification time);

    /// <summary>struct timespec of 64-bit systems.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpecification
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
