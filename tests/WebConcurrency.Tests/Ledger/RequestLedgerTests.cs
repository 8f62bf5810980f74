using WebConcurrency.Recording;

namespace WebConcurrency.Tests.Ledger;

public sealed class RequestLedgerTests
{
    private static readonly ThreadIdentity One = new(1, 101);
    private static readonly ThreadIdentity Two = new(2, 102);

    [Fact]
    public void Waiting_request_counts_the_work_of_another_and_names_its_thread()
    {
        var harness = new LedgerHarness();
        var (waiting, working) = (harness.Open(), harness.Open());
        waiting.Enter(One, isWork: false);
        var wait = waiting.Wait(WaitKind.Database);
        harness.Pass(50);
        working.Enter(Two, isWork: false);
        harness.Pass(300);
        working.Leave(Two);
        harness.Pass(150);
        wait.Dispose();

        var record = harness.CloseAndRecord(waiting);

        Assert.Equal(TimeSpan.FromMilliseconds(500), record.Figures.Times.Database);
        Assert.Equal(TimeSpan.FromMilliseconds(300), record.Figures.Covered);
        Assert.Equal(1, record.Figures.Overlapped);
        var who = Assert.Single(harness.Ledger.WhoWorked(record, phase => phase.Kind == PhaseKind.Database, 10).Workers);
        Assert.Equal((working.Id, Two, TimeSpan.FromMilliseconds(300)), (who.Who, who.Thread, who.Work));
    }

    [Fact]
    public void Two_that_work_at_once_cover_once_and_work_twice()
    {
        var harness = new LedgerHarness();
        var (waiting, first, second) = (harness.Open(), harness.Open(), harness.Open());
        using var wait = waiting.Wait(WaitKind.Io);
        first.Enter(One, isWork: false);
        second.Enter(Two, isWork: false);
        harness.Pass(10);

        var record = harness.CloseAndRecord(waiting);

        Assert.Equal(TimeSpan.FromMilliseconds(10), record.Figures.Covered);
        Assert.Equal(TimeSpan.FromMilliseconds(20), record.Figures.OthersWork);
        Assert.Equal(2, record.Figures.Overlapped);
    }

    [Fact]
    public void Work_during_a_queue_or_a_connection_wait_is_not_overlap()
    {
        var harness = new LedgerHarness();
        var (waiting, working) = (harness.Open(), harness.Open());
        working.Enter(Two, isWork: false);
        using (waiting.Wait(WaitKind.Queue))
        {
            harness.Pass(10);
        }

        using (waiting.Wait(WaitKind.Connection))
        {
            harness.Pass(10);
        }

        var record = harness.CloseAndRecord(waiting);

        Assert.Equal(TimeSpan.FromMilliseconds(20), record.Figures.Times.Wait);
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero, (int?)0), (record.Figures.Covered, record.Figures.OthersWork, record.Figures.Overlapped));
    }

    [Fact]
    public void Undeclared_work_is_nobodys_where_work_is_declared()
    {
        var harness = new LedgerHarness(options => options.WorkIsDeclared = true);
        var (waiting, reading) = (harness.Open(), harness.Open());
        using var wait = waiting.Wait(WaitKind.Database);
        reading.Enter(Two, isWork: false);
        harness.Pass(10);

        var record = harness.CloseAndRecord(waiting);
        Assert.Equal(TimeSpan.Zero, record.Figures.Covered);
        Assert.False(harness.CloseAndRecord(reading).Figures.WorkIsKnown);
    }

    [Fact]
    public void Longest_workers_are_named_and_all_are_counted()
    {
        var harness = new LedgerHarness();
        var waiting = harness.Open();
        var wait = waiting.Wait(WaitKind.Database);
        foreach (var length in new[] { 3, 9, 1, 7, 5 })
        {
            var working = harness.Open();
            working.Enter(Two, isWork: false);
            harness.Pass(length);
            working.Close(200);
        }

        wait.Dispose();
        var finding = harness.Ledger.WhoWorked(harness.CloseAndRecord(waiting), _ => true, most: 3);

        Assert.Equal([9, 7, 5], finding.Workers.Select(share => share.Work.TotalMilliseconds));
        Assert.Equal((5, true), (finding.Count, finding.Complete));
    }

    [Fact]
    public void Withdrawn_request_has_no_record_and_leaves_the_counts()
    {
        var harness = new LedgerHarness();
        var recorder = harness.Open();
        recorder.Enter(One, isWork: false);
        recorder.Withdraw();
        recorder.Close(200);
        harness.Ledger.Settle();

        Assert.Empty(harness.Records());
        Assert.Equal((0, 0), (harness.Ledger.Counts.Running, harness.Ledger.Counts.Finished));
    }

    [Fact]
    public void More_work_than_is_kept_leaves_the_count_out_and_the_times_exact()
    {
        var harness = new LedgerHarness(options => options.WorkKept = 1_024);
        var (waiting, working) = (harness.Open(), harness.Open());
        var wait = waiting.Wait(WaitKind.Database);
        for (var i = 0; i < 1_025; i++)
        {
            working.Enter(Two, isWork: false);
            harness.Pass(1);
            working.Leave(Two);
            harness.Pass(1);
        }

        wait.Dispose();
        var record = harness.CloseAndRecord(waiting);

        Assert.Null(record.Figures.Overlapped);
        Assert.Equal(TimeSpan.FromMilliseconds(1_025), record.Figures.Covered);
        Assert.False(harness.Ledger.WhoWorked(record, _ => true, 10).Complete);
    }

    [Fact]
    public void One_who_worked_on_long_after_the_wait_is_counted_among_many_who_came_later()
    {
        var harness = new LedgerHarness();
        var (waiting, lasting, later) = (harness.Open(), harness.Open(), harness.Open());
        var wait = waiting.Wait(WaitKind.Database);
        harness.Pass(1);
        lasting.Enter(One, isWork: false);
        harness.Pass(1);
        wait.Dispose();
        waiting.Close(200);
        for (var i = 0; i < 20; i++)
        {
            later.Enter(Two, isWork: false);
            harness.Pass(1);
            later.Leave(Two);
        }

        lasting.Leave(One);

        Assert.Equal(1, harness.RecordOf(waiting).Figures.Overlapped);
    }

    [Fact]
    public void Request_that_waited_too_long_to_be_counted_leaves_others_of_its_batch_their_counts()
    {
        var harness = new LedgerHarness(options => options.WorkKept = 1_024);
        var (waiting, working, late) = (harness.Open(), harness.Open(), harness.Open());
        var wait = waiting.Wait(WaitKind.Database);
        WaitScope lateWait = default;
        for (var i = 0; i < 1_500; i++)
        {
            if (i == 1_000)
            {
                lateWait = late.Wait(WaitKind.Database);
            }

            working.Enter(Two, isWork: false);
            harness.Pass(1);
            working.Leave(Two);
        }

        lateWait.Dispose();
        wait.Dispose();
        waiting.Close(200);
        var record = harness.CloseAndRecord(late);

        Assert.Equal(1, record.Figures.Overlapped);
        Assert.Null(harness.RecordOf(waiting).Figures.Overlapped);
    }

    [Fact]
    public void Counts_follow_requests_through_queue_run_and_leftover()
    {
        var harness = new LedgerHarness(options => options.WorkIsDeclared = true);
        var recorder = harness.Open();
        var queue = recorder.Wait(WaitKind.Queue);
        Assert.Equal((0, 1, 0), Live());

        var work = recorder.Work();
        queue.Dispose();
        Assert.Equal((1, 0, 0), Live());

        recorder.Close(504);
        Assert.Equal((0, 0, 1), Live());

        work.Dispose();
        Assert.Equal((0, 0, 0), Live());
        return;

        (int, int, int) Live() => (harness.Ledger.Counts.Running, harness.Ledger.Counts.Queued, harness.Ledger.Counts.Leftover);
    }

    [Fact]
    public void A_request_that_closes_in_the_queue_is_no_longer_queued()
    {
        var harness = new LedgerHarness();
        var recorder = harness.Open();
        var queue = recorder.Wait(WaitKind.Queue);
        recorder.Close(503);
        queue.Dispose();

        Assert.Equal((0, 0), (harness.Ledger.Counts.Running, harness.Ledger.Counts.Queued));
    }

    [Fact]
    public void Ring_keeps_the_newest_in_order_of_finishing()
    {
        var harness = new LedgerHarness(options => options.RecordsKept = 100);
        var recorders = Enumerable.Range(0, 150).Select(_ => harness.Open()).ToList();
        foreach (var recorder in Enumerable.Reverse(recorders))
        {
            recorder.Close(200);
        }

        harness.Ledger.Settle();

        Assert.Equal(Enumerable.Range(51, 100).Select(i => (long)i), harness.Records().Select(record => record.Figures.Sequence));
        Assert.Equal(Enumerable.Range(1, 100).Reverse().Select(i => (long)i), harness.Records().Select(record => record.Figures.Id));
    }

    [Fact]
    public void More_pending_records_than_allowed_are_dropped_and_counted()
    {
        var harness = new LedgerHarness(options => options.PendingRecords = 1_024);
        for (var i = 0; i < 1_030; i++)
        {
            harness.Open().Close(200);
        }

        harness.Ledger.Settle();

        Assert.Equal(1_024, harness.Records().Count);
        Assert.Equal((1_030, 6), (harness.Ledger.Counts.Finished, harness.Ledger.Counts.Dropped));
    }
}
