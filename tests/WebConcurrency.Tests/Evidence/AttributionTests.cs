using WebConcurrency.Evidence;
using WebConcurrency.Ledger;
using WebConcurrency.Recording;
using WebConcurrency.Tests.Ledger;
using WebConcurrency.Tests.Recording;

namespace WebConcurrency.Tests.Evidence;

/// <summary>What the runtime tells later, given to the requests whose time it was.</summary>
public sealed class AttributionTests
{
    private static readonly ThreadIdentity One = new(1, 101);
    private static readonly ThreadIdentity Two = new(2, 102);

    private readonly FakeEvidence _evidence = new();
    private readonly FakeMeter _meter = new();
    private readonly LedgerHarness _harness;

    public AttributionTests() => _harness = new LedgerHarness(evidence: _evidence, meter: _meter);

    [Fact]
    public void Lock_on_the_request_s_thread_is_taken_from_what_else_would_be_unexplained()
    {
        var recorder = _harness.Open();
        recorder.Enter(One, isWork: false);
        Run(One, 2);
        var locked = _harness.Now;
        _harness.Pass(30);
        _evidence.Contentions.Add(new Contention(locked, _harness.Now, One.Os!.Value, 0, IsHandle: false));
        Run(One, 1);

        var times = _harness.CloseAndRecord(recorder).Figures.Times;

        Assert.Equal((30, 3, 0, 30), (Ms(times.Lock), Ms(times.Cpu), Ms(times.Unexplained), Ms(times.Wait)));
    }

    [Fact]
    public void Lock_on_another_thread_or_at_another_time_is_not_the_request_s()
    {
        var before = _harness.Now;
        _harness.Pass(5);
        _evidence.Contentions.Add(new Contention(before, _harness.Now, One.Os!.Value, 0, IsHandle: false));
        var recorder = _harness.Open();
        recorder.Enter(One, isWork: false);
        var start = _harness.Now;
        Run(One, 5);
        _evidence.Contentions.Add(new Contention(start, _harness.Now, Two.Os!.Value, 0, IsHandle: false));

        var figures = _harness.CloseAndRecord(recorder).Figures;

        Assert.Equal((TimeSpan.Zero, 0), (figures.Times.Lock, figures.BlockedBy.Count));
    }

    [Fact]
    public void Lock_inside_a_named_wait_is_taken_from_that_wait_and_a_handle_is_its_means()
    {
        var here = ThreadIdentity.Current;
        var recorder = _harness.Open();
        recorder.Enter(here, isWork: false);
        var wait = recorder.Wait(WaitKind.Database);
        var start = _harness.Now;
        _harness.Pass(10);
        _evidence.Contentions.Add(new Contention(start, _harness.Now, here.Os!.Value, 0, IsHandle: false));
        start = _harness.Now;
        _harness.Pass(40);
        _evidence.Contentions.Add(new Contention(start, _harness.Now, here.Os!.Value, 0, IsHandle: true));
        wait.Dispose();

        var times = _harness.CloseAndRecord(recorder).Figures.Times;

        Assert.Equal((10, 40, 0), (Ms(times.Lock), Ms(times.Database), Ms(times.Unexplained)));
    }

    [Fact]
    public void Collection_stops_every_state_and_is_no_wait()
    {
        var recorder = _harness.Open();
        recorder.Enter(One, isWork: false);
        Run(One, 3);
        var start = _harness.Now;
        _harness.Pass(7);
        using (recorder.Wait(WaitKind.Io))
        {
            _harness.Pass(5);
            _evidence.Pauses.Add(new Pause(start, start, _harness.Now, _harness.Now, 999));
            _harness.Pass(20);
        }

        var times = _harness.CloseAndRecord(recorder).Figures.Times;

        Assert.Equal((12, 20, 3, 0, 20), (Ms(times.Gc), Ms(times.Io), Ms(times.Cpu), Ms(times.Unexplained), Ms(times.Wait)));
    }

    [Fact]
    public void Stopping_is_a_collection_s_as_far_as_the_request_neither_ran_nor_wanted_to()
    {
        var recorder = _harness.Open();
        recorder.Enter(One, isWork: false);
        var begin = _harness.Now;
        Run(One, 4);
        _harness.Pass(3);
        var stopped = _harness.Now;
        _harness.Pass(10);
        var resuming = _harness.Now;
        _harness.Pass(1);
        _evidence.Pauses.Add(new Pause(begin, stopped, resuming, _harness.Now, 999));
        Run(One, 2);

        var times = _harness.CloseAndRecord(recorder).Figures.Times;

        Assert.Equal((14, 6, 0), (Ms(times.Gc), Ms(times.Cpu), Ms(times.Unexplained)));
    }

    [Fact]
    public void Cpu_and_runnable_time_come_before_a_lock_in_which_they_fell()
    {
        var recorder = _harness.Open();
        recorder.Enter(One, isWork: false);
        var start = _harness.Now;
        _harness.Pass(10);
        _meter.WantToRun(One, TimeSpan.FromMilliseconds(6));
        _harness.Pass(6);
        _evidence.Contentions.Add(new Contention(start, _harness.Now, One.Os!.Value, 0, IsHandle: false));
        Run(One, 1);

        var times = _harness.CloseAndRecord(recorder).Figures.Times;

        Assert.Equal((10, 6, 1, 0), (Ms(times.Lock), Ms(times.Runnable), Ms(times.Cpu), Ms(times.Unexplained)));
    }

    [Fact]
    public void Cpu_and_runnable_time_inside_a_wait_leave_a_lock_outside_of_it_whole()
    {
        var here = ThreadIdentity.Current;
        var recorder = _harness.Open();
        recorder.Enter(here, isWork: false);
        var wait = recorder.Wait(WaitKind.Database);
        _meter.WantToRun(here, TimeSpan.FromMilliseconds(5));
        _harness.Pass(5);
        Run(here, 1);
        _harness.Pass(4);
        wait.Dispose();
        var start = _harness.Now;
        _harness.Pass(8);
        _evidence.Contentions.Add(new Contention(start, _harness.Now, here.Os!.Value, 0, IsHandle: false));
        Run(here, 1);

        var times = _harness.CloseAndRecord(recorder).Figures.Times;

        Assert.Equal((8, 4, 5, 2, 0), (Ms(times.Lock), Ms(times.Database), Ms(times.Runnable), Ms(times.Cpu), Ms(times.Unexplained)));
    }

    [Fact]
    public void Collection_on_the_request_s_own_thread_inside_a_wait_is_taken_once()
    {
        var here = ThreadIdentity.Current;
        var recorder = _harness.Open();
        recorder.Enter(here, isWork: false);
        var wait = recorder.Wait(WaitKind.Database);
        _harness.Pass(4);
        Run(here, 1);
        var start = _harness.Now;
        Run(here, 7);
        _evidence.Pauses.Add(new Pause(start, start, _harness.Now, _harness.Now, here.Os!.Value));
        _harness.Pass(3);
        wait.Dispose();
        Run(here, 2);

        var times = _harness.CloseAndRecord(recorder).Figures.Times;

        Assert.Equal((7, 7, 3, 0), (Ms(times.Gc), Ms(times.Database), Ms(times.Cpu), Ms(times.Unexplained)));
    }

    [Fact]
    public void Owner_of_the_lock_is_named_when_a_request_worked_on_its_thread()
    {
        var (owner, waiting) = (_harness.Open(), _harness.Open());
        owner.Enter(Two, isWork: false);
        waiting.Enter(One, isWork: false);
        var start = _harness.Now;
        _harness.Pass(10);
        _evidence.Contentions.Add(new Contention(start, _harness.Now, One.Os!.Value, Two.Os!.Value, IsHandle: false));
        owner.Leave(Two);

        var blockers = _harness.CloseAndRecord(waiting).Figures.BlockedBy;

        Assert.Equal((1, owner.Id), (blockers.Count, blockers[0]));
    }

    [Fact]
    public void Evidence_that_does_not_come_in_time_leaves_its_columns_out()
    {
        _evidence.IsLate = true;
        var recorder = _harness.Open();
        _harness.Pass(5);

        var times = _harness.CloseAndRecord(recorder).Figures.Times;

        Assert.Equal((null, null, 5), (times.Lock, times.Gc, Ms(times.Wall)));
    }

    [Fact]
    public void Locks_that_were_not_listened_to_are_left_out_and_collections_are_not()
    {
        _evidence.LocksAreHeard = false;
        var recorder = _harness.Open();
        recorder.Enter(One, isWork: false);
        Run(One, 2);
        var start = _harness.Now;
        _harness.Pass(7);
        _evidence.Pauses.Add(new Pause(start, start, _harness.Now, _harness.Now, 999));
        start = _harness.Now;
        _harness.Pass(4);
        _evidence.Contentions.Add(new Contention(start, _harness.Now, One.Os!.Value, Two.Os!.Value, IsHandle: false));

        var figures = _harness.CloseAndRecord(recorder).Figures;

        // What is not known to be a lock stays unexplained.
        var times = figures.Times;
        Assert.Equal((null, 7, 2, 4, 0), (times.Lock, Ms(times.Gc), Ms(times.Cpu), Ms(times.Unexplained), figures.BlockedBy.Count));
    }

    private void Run(ThreadIdentity thread, int milliseconds)
    {
        _meter.Run(thread, TimeSpan.FromMilliseconds(milliseconds));
        _harness.Pass(milliseconds);
    }

    private static double? Ms(TimeSpan? time) => time?.TotalMilliseconds;
}
