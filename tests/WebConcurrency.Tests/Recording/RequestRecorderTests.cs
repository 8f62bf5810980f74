using WebConcurrency.Recording;
using WebConcurrency.Tests.Ledger;

namespace WebConcurrency.Tests.Recording;

public sealed class RequestRecorderTests
{
    private static readonly ThreadIdentity One = new(1, 101);
    private static readonly ThreadIdentity Two = new(2, 102);

    private readonly LedgerHarness _harness = new();

    [Fact]
    public void Awaited_wait_holds_no_thread_and_a_blocked_one_holds_its_own()
    {
        var here = ThreadIdentity.Current;
        var recorder = _harness.Open();
        recorder.Enter(here, isWork: false);
        var wait = recorder.Wait(WaitKind.Database);
        _harness.Pass(1);
        wait.Dispose();

        wait = recorder.Wait(WaitKind.Database);
        recorder.Leave(here);
        _harness.Pass(1);
        recorder.Enter(Two, isWork: false);
        wait.Dispose();

        Assert.Equal([here, null], _harness.CloseAndRecord(recorder).Phases.Select(phase => phase.Thread));
    }

    [Fact]
    public void Nested_waits_count_once_as_the_highest()
    {
        var recorder = _harness.Open();
        var database = recorder.Wait(WaitKind.Database);
        _harness.Pass(10);
        var connection = recorder.Wait(WaitKind.Connection);
        _harness.Pass(20);
        var again = recorder.Wait(WaitKind.Database);
        _harness.Pass(5);
        connection.Dispose();
        _harness.Pass(40);
        again.Dispose();
        database.Dispose();

        var times = _harness.CloseAndRecord(recorder).Figures.Times;

        Assert.Equal((50, 25, 75), (times.Database.TotalMilliseconds, times.Connection.TotalMilliseconds, times.Wait.TotalMilliseconds));
    }

    [Fact]
    public void Work_that_goes_on_on_a_second_thread_is_a_phase_of_that_thread()
    {
        var recorder = _harness.Open();
        recorder.Enter(One, isWork: false);
        _harness.Pass(1);

        // The continuation may begin before the thread that awaited has unwound.
        recorder.Enter(Two, isWork: false);
        _harness.Pass(2);
        recorder.Leave(One);
        _harness.Pass(4);

        var record = _harness.CloseAndRecord(recorder);

        Assert.Equal(
            [(One, 3.0), (Two, 4.0)],
            record.Phases.Select(phase => (phase.Thread!.Value, TimeSpan.FromTicks(phase.End - phase.Start).TotalMilliseconds)));
        Assert.Equal([One, Two], record.Threads);
        Assert.Equal(1, record.Figures.Hops);
    }

    [Fact]
    public void Threads_are_listed_once_and_hops_count_every_change()
    {
        var recorder = _harness.Open();
        foreach (var thread in new[] { One, Two, Two, One })
        {
            recorder.Enter(thread, isWork: false);
            recorder.Leave(thread);
        }

        var record = _harness.CloseAndRecord(recorder);

        Assert.Equal([One, Two], record.Threads);
        Assert.Equal(2, record.Figures.Hops);
    }

    [Fact]
    public void Threads_of_declared_work_are_those_of_the_work()
    {
        var harness = new LedgerHarness(options => options.WorkIsDeclared = true);
        var recorder = harness.Open();
        recorder.Enter(One, isWork: false);
        recorder.Leave(One);
        using (recorder.Work())
        {
            // The pipeline goes on while the work does: nobody waits for it any more.
            recorder.Enter(Two, isWork: false);
        }

        var record = harness.CloseAndRecord(recorder);

        Assert.Equal([ThreadIdentity.Current], record.Threads);
        Assert.Equal(0, record.Figures.Hops);
    }

    [Fact]
    public void Handing_over_from_queue_to_work_leaves_no_gap()
    {
        var harness = new LedgerHarness(options => options.WorkIsDeclared = true);
        var recorder = harness.Open();
        var queue = recorder.Wait(WaitKind.Queue);
        harness.Pass(3);
        var work = recorder.Work();
        harness.Pass(1);
        queue.Dispose();
        harness.Pass(7);
        work.Dispose();

        var phases = harness.CloseAndRecord(recorder).Phases;

        Assert.Equal([PhaseKind.Queue, PhaseKind.Work], phases.Select(phase => phase.Kind));
        Assert.Equal(phases[0].End, phases[1].Start);
    }

    [Fact]
    public void Closed_recorder_ignores_what_it_is_told()
    {
        var recorder = _harness.Open();
        var wait = recorder.Wait(WaitKind.Io);
        _harness.Pass(1);
        recorder.Close(200);
        _harness.Pass(1);
        wait.Dispose();
        recorder.Enter(One, isWork: false);
        recorder.Wait(WaitKind.Database);
        recorder.Close(500);

        var record = _harness.RecordOf(recorder);
        Assert.Equal(200, record.Figures.Status);
        Assert.Equal(TimeSpan.FromMilliseconds(1), record.Figures.Times.Wall);
        Assert.Single(record.Phases);
    }

    [Fact]
    public void Times_of_a_running_request_include_the_phase_it_is_in()
    {
        var recorder = _harness.Open();
        using var wait = recorder.Wait(WaitKind.Database);
        _harness.Pass(12);

        Assert.Equal((12, 12), (recorder.Times()!.Value.Database.TotalMilliseconds, recorder.Times()!.Value.Wall.TotalMilliseconds));
    }

    [Fact]
    public void More_phases_than_are_kept_leave_the_times_exact_and_the_overlap_uncounted()
    {
        var recorder = _harness.Open();
        for (var i = 0; i <= RequestTrace.MaxPhases; i++)
        {
            using (recorder.Wait(WaitKind.Database))
            {
                _harness.Pass(1);
            }
        }

        var record = _harness.CloseAndRecord(recorder);

        Assert.True(record.PhasesLeftOut);
        Assert.Null(record.Figures.Overlapped);
        Assert.Equal(RequestTrace.MaxPhases + 1, record.Figures.Times.Database.TotalMilliseconds);
    }

    [Fact]
    public void Moments_are_told_once_each_in_order()
    {
        var told = new List<string>();
        var harness = new LedgerHarness(options => options.WorkIsDeclared = true);
        var recorder = harness.Open(new Listener(told));
        var queue = recorder.Wait(WaitKind.Queue);
        var work = recorder.Work();
        queue.Dispose();
        var wait = recorder.Wait(WaitKind.Connection);
        recorder.Wait(WaitKind.Database).Dispose();
        harness.Pass(8);
        wait.Dispose();
        work.Dispose();

        Assert.Equal(["got thread", "waits for Connection", "went on after 8", "done"], told);
    }

    private sealed class Listener(List<string> told) : IMomentObserver
    {
        public void GotThread(RequestRecorder recorder) => told.Add("got thread");

        public void BeganToWait(RequestRecorder recorder, WaitKind kind) => told.Add($"waits for {kind}");

        public void WentOn(RequestRecorder recorder, WaitKind kind, TimeSpan waited) => told.Add($"went on after {waited.TotalMilliseconds}");

        public void Done(RequestRecorder recorder) => told.Add("done");
    }
}
