using System.Diagnostics;
using WebConcurrency.Recording;

namespace WebConcurrency.Tests.Recording;

/// <summary>The kernel's figures of real threads, against what it says of the same thread elsewhere.</summary>
public sealed class ThreadMeterTests
{
    private readonly ThreadMeter _meter;

    public ThreadMeterTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads are metered on Linux only.");
        _meter = ThreadMeter.Create()!;
    }

    [Fact]
    public void Thread_that_computes_has_cpu_time_and_one_that_sleeps_has_none()
    {
        var working = OfOwnThread(() => Thread.SpinWait(10_000_000));
        using var never = new ManualResetEvent(false);
        var sleeping = OfOwnThread(() => never.WaitOne(50));

        Assert.True(working.Cpu > 10 * sleeping.Cpu, $"{working.Cpu} ns against {sleeping.Cpu} ns");
        Assert.True(sleeping.Wall - sleeping.Cpu - sleeping.Runnable > 0, "it slept, and is said to have run or wanted to");
    }

    [Fact]
    public void Cpu_and_runnable_time_of_a_spinner_add_up_to_its_wall_time()
    {
        // More spinners than cores: each runs a part of the time and is ready in the rest.
        var start = new Barrier(2 * Environment.ProcessorCount);
        var readings = new (long Wall, long Cpu, long Runnable)[start.ParticipantCount];
        var threads = Enumerable.Range(0, readings.Length).Select(i => new Thread(() =>
        {
            start.SignalAndWait();
            readings[i] = OfThis(() =>
            {
                var began = Stopwatch.GetTimestamp();
                while (Stopwatch.GetElapsedTime(began) < TimeSpan.FromMilliseconds(200))
                {
                }
            });
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        // Together: while a garbage collection of the tests beside this one stops one of them, it does neither.
        Assert.InRange(readings.Sum(reading => reading.Cpu + reading.Runnable) / (double)readings.Sum(reading => reading.Wall), 0.6, 1.02);

        Assert.True(readings.Sum(reading => reading.Runnable) > 0.3 * readings.Sum(reading => reading.Cpu), "nobody wanted a CPU");
    }

    [Fact]
    public void Another_thread_s_clock_is_that_thread_s()
    {
        using var read = new ManualResetEventSlim();
        using var told = new ManualResetEventSlim();
        ThreadIdentity other = default;
        ThreadReading own = default;
        var thread = new Thread(() =>
        {
            Thread.SpinWait(5_000_000);
            other = ThreadIdentity.Current;
            _meter.TryRead(other, out own);
            told.Set();
            read.Wait();
        });
        thread.Start();
        told.Wait(TestContext.Current.CancellationToken);
        Assert.True(_meter.TryRead(other, out var seen));
        read.Set();
        thread.Join();

        Assert.InRange(seen.Cpu, own.Cpu, own.Cpu + 20_000_000);
        Assert.True(seen.Runnable >= own.Runnable);

        // Joined is not yet gone: the system's part of a thread ends a moment after the runtime's.
        Assert.True(SpinWait.SpinUntil(() => !_meter.TryRead(other, out _), TimeSpan.FromSeconds(30)), "a thread that has ended is still read");
    }

    [Fact]
    public void Switches_and_allocation_grow_with_waiting_and_allocating()
    {
        using var never = new ManualResetEvent(false);
        var used = Use(() => never.WaitOne(1));
        Assert.True(used.Voluntary >= 1, $"{used}");

        used = Use(() => GC.KeepAlive(new byte[100_000]));
        Assert.InRange(used.Allocated, 100_000, 110_000);

        ThreadUsage Use(Action action)
        {
            var before = _meter.ReadUsage();
            action();
            return _meter.ReadUsage() - before;
        }
    }

    [Fact]
    public void Descriptors_of_threads_that_have_ended_are_closed()
    {
        for (var i = 0; i < 1_000; i++)
        {
            var thread = new Thread(() => _meter.TryRead(ThreadIdentity.Current, out _));
            thread.Start();
            thread.Join();
        }

        // Those of the test runner's own threads, and what has come since the last look.
        Assert.InRange(ScheduleStatistics.Open, 1, 250);
        var open = Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(file => IsStatistics(file));
        Assert.InRange(open, 1, ScheduleStatistics.Open + 64);
    }

    [Fact]
    public void Descriptors_of_many_threads_at_once_are_closed_when_somebody_looks()
    {
        const int Threads = 300;
        using var all = new Barrier(Threads + 1);
        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            _meter.TryRead(ThreadIdentity.Current, out var _);
            all.SignalAndWait();
        })).ToList();
        threads.ForEach(thread => thread.Start());
        all.SignalAndWait(TestContext.Current.CancellationToken);
        threads.ForEach(thread => thread.Join());
        Assert.InRange(ScheduleStatistics.Open, Threads, int.MaxValue);

        ScheduleStatistics.Tidy();

        Assert.InRange(ScheduleStatistics.Open, 0, Threads / 2);
    }

    [Theory]
    [InlineData("123 45 6\n", 45)]
    [InlineData("0 45 1\n", 45)]
    [InlineData("0 0 0\n", ScheduleStatistics.Unknown)]
    [InlineData("123 45\n", ScheduleStatistics.Unknown)]
    [InlineData("nonsense", ScheduleStatistics.Unknown)]
    [InlineData("", ScheduleStatistics.Unknown)]
    public void Kernel_that_does_not_count_is_no_kernel_without_waiting(string text, long runnable) =>
        Assert.Equal(runnable, ScheduleStatistics.Parse(System.Text.Encoding.ASCII.GetBytes(text)));

    private static bool IsStatistics(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget?.EndsWith("schedstat", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private (long Wall, long Cpu, long Runnable) OfOwnThread(Action action)
    {
        (long, long, long) reading = default;
        var thread = new Thread(() => reading = OfThis(action));
        thread.Start();
        thread.Join();
        return reading;
    }

    private (long Wall, long Cpu, long Runnable) OfThis(Action action)
    {
        var started = Stopwatch.GetTimestamp();
        _meter.TryRead(ThreadIdentity.Current, out var before);
        action();
        _meter.TryRead(ThreadIdentity.Current, out var after);
        return ((long)Stopwatch.GetElapsedTime(started).TotalNanoseconds, after.Cpu - before.Cpu, after.Runnable - before.Runnable);
    }
}
