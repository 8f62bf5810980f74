using WebConcurrency.Recording;

namespace WebConcurrency.Tests.Ledger;

public sealed class RecordRingTests
{
    [Fact]
    public void Record_whose_phases_have_made_room_says_so_and_keeps_its_figures()
    {
        var harness = new LedgerHarness(options => options.PhasesKept = 4_096);
        var first = Record(harness, phases: 10);
        for (var i = 0; i < 3; i++)
        {
            Record(harness, phases: RequestTrace.MaxPhases - 1);
        }

        var old = harness.Ledger.Find(first)!;
        var young = harness.Ledger.Find(first + 3)!;

        Assert.True(old.PhasesLeftOut);
        Assert.Empty(old.Phases);
        Assert.Equal(10, old.Figures.Times.Database.TotalMilliseconds);
        Assert.False(young.PhasesLeftOut);
        Assert.Equal(RequestTrace.MaxPhases - 1, young.Phases.Length);
    }

    [Fact]
    public void Pages_follow_the_sequence_and_begin_with_the_oldest_that_is_kept()
    {
        var harness = new LedgerHarness(options => options.RecordsKept = 100);
        for (var i = 0; i < 250; i++)
        {
            Record(harness, phases: 1);
        }

        var ledger = harness.Ledger;
        Assert.Equal(151, ledger.Oldest);
        Assert.Equal([151, 152], ledger.After(0, 2).Select(record => record.Figures.Sequence));
        Assert.Equal([201, 202, 203], ledger.After(200, 3).Select(record => record.Figures.Sequence));
        Assert.Equal([250], ledger.After(249, 10).Select(record => record.Figures.Sequence));
        Assert.Empty(ledger.After(250, 10));
        Assert.Equal([249, 250], ledger.Newest(2).Select(record => record.Figures.Sequence));
        Assert.Equal(100, ledger.Newest(1_000).Length);
        Assert.Null(ledger.Find(150));
    }

    [Fact]
    public void Traces_are_used_again_and_remember_nothing()
    {
        var harness = new LedgerHarness();
        var here = ThreadIdentity.Current;
        for (var round = 0; round < 3; round++)
        {
            var full = harness.Open();
            full.Enter(here, isWork: false);
            full.Label("strategy", "workload");
            full.Routed("/full");
            full.BlockedBy(99);
            using (full.Wait(WaitKind.Database))
            {
                harness.Pass(5);
            }

            harness.CloseAndRecord(full);
            var empty = harness.CloseAndRecord(harness.Open());

            Assert.Equal(("(none)", null, null), (empty.Figures.Route, empty.Figures.Strategy, empty.Figures.Workload));
            Assert.Equal((0, 0, 0), (empty.Phases.Length, empty.Threads.Length, empty.Figures.BlockedBy.Count));
            Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (empty.Figures.Times.Wall, empty.Figures.Times.Database));
            Assert.Equal(-1, empty.Figures.FirstIoWaitPosition);
        }
    }

    private static long Record(LedgerHarness harness, int phases)
    {
        var recorder = harness.Open();
        for (var i = 0; i < phases; i++)
        {
            using (recorder.Wait(WaitKind.Database))
            {
                harness.Pass(1);
            }
        }

        recorder.Close(200);
        harness.Ledger.Settle();
        return recorder.Id;
    }
}
