using Microsoft.Extensions.Time.Testing;
using WebConcurrency.Ledger;
using WebConcurrency.Recording;

namespace WebConcurrency.Tests.Recording;

/// <summary>What the system says of threads, taken into the states of a request.</summary>
public sealed class MeteredTraceTests
{
    private static readonly ThreadIdentity One = new(1, 101);
    private static readonly ThreadIdentity Two = new(2, 102);
    private static readonly WaitKind[] Kinds = [WaitKind.Queue, WaitKind.Io, WaitKind.Database, WaitKind.Connection, WaitKind.Gil];

    private readonly FakeTimeProvider _time = new();
    private readonly FakeMeter _meter = new();

    [Fact]
    public void Wait_is_without_the_cpu_and_runnable_time_inside_it()
    {
        var trace = Open();
        trace.Enter(One, isWork: false);
        Run(One, 3);
        trace.OpenWait(WaitKind.Database, One, isSpan: false);
        Run(One, 1);
        Pass(94);
        WantToRun(One, 4);
        Run(One, 1);
        trace.CloseWait(WaitKind.Database, One, isSpan: false);
        Run(One, 2);

        var times = Close(trace, One);

        Assert.Equal(
            (105, 94, 7, 4, 0),
            (Ms(times.Wall), Ms(times.Database), Ms(times.Cpu), Ms(times.Runnable), Ms(times.Unexplained)));
        Assert.Equal(100, Ms(times.IoWait));
    }

    [Fact]
    public void Awaited_wait_costs_what_its_two_threads_spent_in_it()
    {
        var trace = Open();
        trace.Enter(One, isWork: false);
        trace.OpenWait(WaitKind.Io, One, isSpan: false);
        Run(One, 2);
        trace.Leave(One);
        Run(One, 50);
        trace.Enter(Two, isWork: false);
        Run(Two, 3);
        trace.CloseWait(WaitKind.Io, Two, isSpan: false);
        Run(Two, 1);

        var times = Close(trace, Two);

        Assert.Equal((56, 50, 6, 0), (Ms(times.Wall), Ms(times.Io), Ms(times.Cpu), Ms(times.Unexplained)));
    }

    [Fact]
    public void Blocking_that_nobody_names_is_unexplained()
    {
        var trace = Open();
        trace.Enter(One, isWork: false);
        Run(One, 1);
        Pass(20);
        Run(One, 1);
        trace.Leave(One);
        Pass(10);

        var times = Close(trace, default);

        Assert.Equal((2, 30, 22), (Ms(times.Cpu), Ms(times.Unexplained), Ms(times.Work)));
    }

    [Fact]
    public void Second_branch_counts_beside_the_first_and_alone_when_that_has_gone()
    {
        var trace = Open();
        trace.Enter(One, isWork: false);
        trace.Enter(Two, isWork: false);
        Both(4);
        trace.Leave(One);
        Run(Two, 5);

        var times = Close(trace, Two);

        Assert.Equal((9, 9, 4, 0), (Ms(times.Wall), Ms(times.Cpu), Ms(times.ParallelCpu), Ms(times.Unexplained)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Declared_work_takes_over_from_the_pipeline_that_still_unwinds(bool arrivesWithThePipeline)
    {
        var trace = Open(declared: true);
        trace.Enter(One, isWork: false);
        Run(One, 1);
        trace.OpenWait(WaitKind.Queue, One, isSpan: false);
        Run(One, 2);
        trace.BeginWork();
        trace.Enter(Two, isWork: !arrivesWithThePipeline);
        trace.Switch(Two, isWork: true);
        trace.CloseWait(WaitKind.Queue, Two, isSpan: false);
        Both(6);
        trace.Leave(One);
        trace.Leave(Two);

        var times = Close(trace, default);

        Assert.Equal(
            (9, 0, 9, 6, 6, 0),
            (Ms(times.Wall), Ms(times.Queue), Ms(times.Cpu), Ms(times.ParallelCpu), Ms(times.Work), Ms(times.Unexplained)));
    }

    [Fact]
    public void Waiting_for_a_cpu_that_began_before_the_request_is_not_the_request_s()
    {
        var trace = Open();
        _meter.WantToRun(One, TimeSpan.FromMilliseconds(500));
        trace.Enter(One, isWork: false);
        Run(One, 5);

        var times = Close(trace, One);

        Assert.Equal((5, 0, 0), (Ms(times.Cpu), Ms(times.Runnable), Ms(times.Unexplained)));
    }

    [Fact]
    public void Thread_that_the_system_no_longer_knows_leaves_the_request_without_its_columns()
    {
        var trace = Open();
        trace.Enter(One, isWork: false);
        Run(One, 5);
        _meter.Gone.Add(One);
        trace.Leave(One);

        var times = Close(trace, One);

        Assert.Equal((null, null, null, null), (times.Cpu, times.Runnable, times.Unexplained, trace.Stays.Used));
        Assert.Equal(5, Ms(times.NotWaiting));
    }

    [Fact]
    public void Where_runnable_time_is_hidden_it_is_absent_and_stays_unexplained()
    {
        var meter = new FakeMeter { KnowsRunnable = false };
        var trace = Open(meter: meter);
        trace.Enter(One, isWork: false);
        meter.Run(One, TimeSpan.FromMilliseconds(3));
        Pass(8);

        var times = Close(trace, One);

        Assert.Equal((3, 5, null), (Ms(times.Cpu), Ms(times.Unexplained), times.Runnable));
    }

    [Fact]
    public void Usage_is_that_of_the_stays_on_all_threads()
    {
        var trace = Open();
        _meter.Usage = new ThreadUsage(1_000, 10, 20);
        trace.Enter(One, isWork: false);
        _meter.Usage = new ThreadUsage(1_500, 11, 20);
        trace.Leave(One);
        _meter.Usage = new ThreadUsage(7_000, 50, 50);
        trace.Enter(Two, isWork: false);
        _meter.Usage = new ThreadUsage(7_010, 50, 53);
        Close(trace, Two);

        Assert.Equal(new ThreadUsage(510, 1, 3), trace.Stays.Used);
    }

    [Fact]
    public void Usage_of_a_thread_on_which_a_request_still_is_at_its_end_is_unknown()
    {
        var trace = Open();
        trace.Enter(One, isWork: false);
        _meter.Usage = new ThreadUsage(1_000, 10, 20);

        // The answer is given up on another thread while this one goes on.
        var times = Close(trace, Two);

        Assert.Null(trace.Stays.Used);
        Assert.NotNull(times.Cpu);
    }

    /// <summary>A request that goes from thread to thread and from wait to wait: each column is what the test spent on it.</summary>
    [Fact]
    public void Columns_of_random_requests_are_what_was_spent_on_them()
    {
        for (var seed = 0; seed < 3_000; seed++)
        {
            var random = new Random(seed);
            var trace = Open();
            var thread = One;
            var number = 1;
            var open = new Stack<WaitKind>();
            var spent = new Dictionary<string, long>();
            var onThread = true;
            trace.Enter(thread, isWork: false);
            for (var step = 0; step < 30; step++)
            {
                if (!onThread)
                {
                    Spend(open.Count == 0 ? "unexplained" : Highest(open).ToString(), random.Next(4), null);
                    thread = new ThreadIdentity(++number, 100 + number);
                    trace.Enter(thread, isWork: false);
                    onThread = true;
                }

                // Blocked, ready, and then it runs, or it could do nothing.
                Spend(open.Count == 0 ? "unexplained" : Highest(open).ToString(), random.Next(4), null);
                Spend("runnable", random.Next(3), time => _meter.WantToRun(thread, time));
                Spend("cpu", random.Next(1, 4), time => _meter.Run(thread, time));
                switch (random.Next(3))
                {
                    case 0:
                        open.Push(Kinds[random.Next(Kinds.Length)]);
                        trace.OpenWait(open.Peek(), thread, isSpan: false);
                        break;
                    case 1 when open.Count > 0:
                        trace.CloseWait(open.Pop(), thread, isSpan: false);
                        break;
                    case 2:
                        trace.Leave(thread);
                        onThread = false;
                        break;
                }
            }

            var times = Close(trace, onThread ? thread : default);
            var expected = string.Join(' ', new[] { "Queue", "Io", "Database", "Connection", "Gil", "cpu", "runnable", "unexplained" }.Select(name => $"{name} {spent.GetValueOrDefault(name)}"));
            Assert.Equal(
                $"seed {seed}: {expected}",
                $"seed {seed}: Queue {times.Queue.Ticks} Io {times.Io.Ticks} Database {times.Database.Ticks} Connection {times.Connection.Ticks} Gil {times.Gil.Ticks} "
                    + $"cpu {times.Cpu!.Value.Ticks} runnable {times.Runnable!.Value.Ticks} unexplained {times.Unexplained!.Value.Ticks}");

            void Spend(string on, int ticks, Action<TimeSpan>? tell)
            {
                spent[on] = spent.GetValueOrDefault(on) + ticks;
                tell?.Invoke(TimeSpan.FromTicks(ticks));
                _time.Advance(TimeSpan.FromTicks(ticks));
            }
        }
    }

    private static WaitKind Highest(IEnumerable<WaitKind> open) => open.Max();

    private RequestTrace Open(bool declared = false, IThreadMeter? meter = null)
    {
        var timeline = new RequestTimeline(_time, new RequestConcurrencyOptions { WorkIsDeclared = declared }, exception => throw exception);
        var reading = timeline.Open(out var trace);
        trace.Begin(reading, 1, "GET", default, meter ?? _meter);
        return trace;
    }

    private static RequestTimes Close(RequestTrace trace, ThreadIdentity thread)
    {
        trace.Close(thread, threadStillWorks: false, keep: false);
        var times = trace.Times(trace.Finished);
        Assert.Equal(
            times.Wall,
            times.Wait + (times.Gc ?? TimeSpan.Zero) + (times.Cpu is { } cpu ? cpu + (times.Runnable ?? TimeSpan.Zero) + times.Unexplained!.Value : times.NotWaiting));
        return times;
    }

    private void Run(ThreadIdentity thread, int milliseconds)
    {
        _meter.Run(thread, TimeSpan.FromMilliseconds(milliseconds));
        Pass(milliseconds);
    }

    private void WantToRun(ThreadIdentity thread, int milliseconds)
    {
        _meter.WantToRun(thread, TimeSpan.FromMilliseconds(milliseconds));
        Pass(milliseconds);
    }

    private void Both(int milliseconds)
    {
        _meter.Run(One, TimeSpan.FromMilliseconds(milliseconds));
        Run(Two, milliseconds);
    }

    private void Pass(int milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    private static double? Ms(TimeSpan? time) => time?.TotalMilliseconds;
}
