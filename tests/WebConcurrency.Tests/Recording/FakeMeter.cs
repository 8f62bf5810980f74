using WebConcurrency.Recording;

namespace WebConcurrency.Tests.Recording;

/// <summary>Threads whose CPU time is what the test says. As in the kernel, waiting for a CPU is told when it has ended.</summary>
internal sealed class FakeMeter : IThreadMeter
{
    private readonly Dictionary<ThreadIdentity, (long Cpu, long Runnable, long Waiting)> _threads = [];

    /// <summary>Threads that the system does not know any more.</summary>
    public HashSet<ThreadIdentity> Gone { get; } = [];

    public bool KnowsRunnable { get; init; } = true;

    public ThreadUsage Usage { get; set; }

    public void Run(ThreadIdentity thread, TimeSpan time)
    {
        var spent = _threads.GetValueOrDefault(thread);
        _threads[thread] = (spent.Cpu + Nanoseconds(time), spent.Runnable + spent.Waiting, 0);
    }

    public void WantToRun(ThreadIdentity thread, TimeSpan time)
    {
        var spent = _threads.GetValueOrDefault(thread);
        _threads[thread] = spent with { Waiting = spent.Waiting + Nanoseconds(time) };
    }

    public bool TryRead(ThreadIdentity thread, out ThreadReading reading)
    {
        var spent = _threads.GetValueOrDefault(thread);
        reading = new ThreadReading(spent.Cpu, KnowsRunnable ? spent.Runnable : -1);
        return !Gone.Contains(thread);
    }

    public ThreadUsage ReadUsage() => Usage;

    private static long Nanoseconds(TimeSpan time) => time.Ticks * TimeSpan.NanosecondsPerTick;
}
