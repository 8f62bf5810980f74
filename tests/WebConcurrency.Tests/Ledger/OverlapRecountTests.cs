using WebConcurrency.Ledger;
using WebConcurrency.Recording;

namespace WebConcurrency.Tests.Ledger;

/// <summary>The overlap from the running integrals and the work log, against a plain recount of everybody's phases against everybody's.</summary>
public sealed class OverlapRecountTests
{
    private static readonly WaitKind[] Kinds = [WaitKind.Database, WaitKind.Io, WaitKind.Connection, WaitKind.Queue];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Overlap_of_random_interleavings_equals_the_recount(bool declared)
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var records = Play(new Random(seed), declared, requests: 2 + (seed % 7), steps: 60, out var harness);
            foreach (var record in records)
            {
                var expected = Recount(record, records);
                Assert.True(
                    expected == (record.Figures.Covered.Ticks, record.Figures.OthersWork.Ticks, record.Figures.Overlapped!.Value),
                    $"seed {seed}, request {record.Figures.Id}: recount {expected}, record {(record.Figures.Covered.Ticks, record.Figures.OthersWork.Ticks, record.Figures.Overlapped)}");
                var named = harness.Ledger.WhoWorked(record, phase => phase.Kind.IsIoWait(), int.MaxValue - 1);
                Assert.True(named.Complete);
                Assert.Equal(record.Figures.OthersWork.Ticks, named.Workers.Sum(share => share.Work.Ticks));
                Assert.Equal(record.Figures.Overlapped, named.Workers.Select(share => share.Who).Distinct().Count());
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Phases_of_random_interleavings_exclude_each_other_and_sum_to_the_times(bool declared)
    {
        for (var seed = 0; seed < 500; seed++)
        {
            foreach (var record in Play(new Random(seed), declared, requests: 4, steps: 60, out _))
            {
                Assert.All(record.Phases, phase => Assert.True(phase.Start < phase.End));
                Assert.All(record.Phases.Zip(record.Phases.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Start));
                Assert.True(record.Phases.IsEmpty || (record.Phases[0].Start >= record.Figures.Started && record.Phases[^1].End <= record.Figures.Finished));
                long Sum(PhaseKind kind) => record.Phases.Where(phase => phase.Kind == kind).Sum(phase => phase.End - phase.Start);
                Assert.Equal(
                    (Sum(PhaseKind.Queue), Sum(PhaseKind.Connection), Sum(PhaseKind.Database), Sum(PhaseKind.Io), Sum(PhaseKind.Work)),
                    (record.Figures.Times.Queue.Ticks, record.Figures.Times.Connection.Ticks, record.Figures.Times.Database.Ticks, record.Figures.Times.Io.Ticks, record.Figures.Times.Work.Ticks));
                Assert.Equal(record.Figures.Finished - record.Figures.Started, record.Figures.Times.Wall.Ticks);
            }
        }
    }

    private static List<RequestRecord> Play(Random random, bool declared, int requests, int steps, out LedgerHarness harness)
    {
        var played = harness = new LedgerHarness(options => options.WorkIsDeclared = declared);
        var players = Enumerable.Range(0, requests).Select(_ => new Player(played.Open(), random, isWork: declared && random.Next(2) == 0)).ToList();
        for (var step = 0; step < steps; step++)
        {
            players[random.Next(requests)].Step();
            harness.Time.Advance(TimeSpan.FromTicks(random.Next(0, 4)));
        }

        foreach (var player in players.OrderBy(_ => random.Next()))
        {
            player.Recorder.Close(200);
            harness.Time.Advance(TimeSpan.FromTicks(random.Next(0, 2)));
        }

        harness.Ledger.Settle();
        Assert.Null(harness.Fault);
        Assert.Equal(requests, harness.Records().Count);
        return [.. harness.Records()];
    }

    private static (long Covered, long OthersWork, int Overlapped) Recount(RequestRecord record, IReadOnlyList<RequestRecord> all)
    {
        long covered = 0, work = 0;
        var overlapped = new HashSet<long>();
        foreach (var wait in record.Phases.Where(phase => phase.Kind is PhaseKind.Database or PhaseKind.Io))
        {
            var shares = (
                from other in all
                where other.Figures.Id != record.Figures.Id
                from phase in other.Phases
                where phase.Kind == PhaseKind.Work
                let start = Math.Max(phase.Start, wait.Start)
                let end = Math.Min(phase.End, wait.End)
                where start < end
                select (other.Figures.Id, Start: start, End: end)).ToList();
            work += shares.Sum(share => share.End - share.Start);
            overlapped.UnionWith(shares.Select(share => share.Id));

            // Tick by tick: slow, and impossible to get wrong.
            for (var tick = wait.Start; tick < wait.End; tick++)
            {
                covered += shares.Any(share => share.Start <= tick && tick < share.End) ? 1 : 0;
            }
        }

        return (covered, work, overlapped.Count);
    }

    /// <summary>Does random but possible things to one recorder: several threads at once, nested waits, leftovers.</summary>
    private sealed class Player(RequestRecorder recorder, Random random, bool isWork)
    {
        private readonly List<ThreadIdentity> _on = [];
        private readonly Stack<WaitScope> _waits = new();
        private readonly Stack<WorkScope> _work = new();
        private int _thread;

        public RequestRecorder Recorder => recorder;

        public void Step()
        {
            switch (random.Next(7))
            {
                case 0 or 1:
                    var thread = new ThreadIdentity(1000 + (int)recorder.Id, 1 + (_thread++ % 5));
                    if (!_on.Contains(thread))
                    {
                        _on.Add(thread);
                        recorder.Enter(thread, isWork);
                    }

                    break;
                case 2 when _on.Count > 0:
                    var left = _on[random.Next(_on.Count)];
                    _on.Remove(left);
                    recorder.Leave(left);
                    break;
                case 3:
                    _waits.Push(recorder.Wait(Kinds[random.Next(Kinds.Length)]));
                    break;
                case 4 when _waits.Count > 0:
                    _waits.Pop().Dispose();
                    break;
                case 5:
                    _work.Push(recorder.Work());
                    break;
                case 6 when _work.Count > 0:
                    _work.Pop().Dispose();
                    break;
            }
        }
    }
}
