using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using WebConcurrency.Evidence;
using WebConcurrency.Recording;
using WebConcurrency.Tests.Outputs;

namespace WebConcurrency.Tests.Evidence;

/// <summary>The runtime's real events, against what the test's own clock says of the same interval.</summary>
public sealed class RuntimeEventsTests
{
    /// <summary>What the events' clock may be off by on a busy machine: a mark is read a moment after it was made.</summary>
    private static readonly long ClockError = Stopwatch.Frequency / 2_000;

    private readonly RuntimeEvents _events = RuntimeEvents.Shared;

    public RuntimeEventsTests()
    {
        _events.Start(waitHandles: false);
        CatchUp();

        // What other tests made the process tell may have been too much.
        Assert.True(SpinWait.SpinUntil(_events.Recover, TimeSpan.FromMinutes(1)), "locks are not listened to");
    }

    private void CatchUp() => Assert.True(Enumerable.Range(0, 5).Any(_ => _events.CatchUp()), "nothing is told");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Contended_lock_is_told_with_its_thread_its_owner_and_its_time(bool monitor)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The kernel's ids of threads are read on Linux only.");
        var oldKind = new object();
        var newKind = new Lock();
        var here = ThreadIdentity.Current.Os!.Value;
        var held = new ManualResetEventSlim();
        var let = new ManualResetEventSlim();
        var owner = 0;
        var holder = new Thread(() =>
        {
            owner = ThreadIdentity.Current.Os!.Value;
            Hold(() => { held.Set(); let.Wait(); Thread.SpinWait(1_000_000); });
        });
        holder.Start();
        held.Wait(TestContext.Current.CancellationToken);

        var before = Stopwatch.GetTimestamp();
        let.Set();
        Hold(() => { });
        var after = Stopwatch.GetTimestamp();
        holder.Join();
        CatchUp();

        var found = new List<Contention>();
        Assert.True(_events.FindContentions(before, after, found));
        var mine = found.Where(contention => contention.Thread == here && contention.Owner == owner).ToList();

        // It spins before it blocks, and the spinning is no waiting.
        var waited = Assert.Single(mine);
        Assert.InRange(waited.Start, before - ClockError, after);
        Assert.InRange(waited.End, waited.Start, after + ClockError);
        return;

        void Hold(Action action)
        {
            if (monitor)
            {
                lock (oldKind)
                {
                    action();
                }
            }
            else
            {
                lock (newKind)
                {
                    action();
                }
            }
        }
    }

    [Fact]
    public void Forced_collection_is_told_within_the_time_of_the_call()
    {
        var keep = Enumerable.Range(0, 200_000).Select(i => new int[10]).ToArray();
        var paused = GC.GetTotalPauseDuration();
        var before = Stopwatch.GetTimestamp();
        GC.Collect(2, GCCollectionMode.Forced, blocking: true);
        var after = Stopwatch.GetTimestamp();
        paused = GC.GetTotalPauseDuration() - paused;
        GC.KeepAlive(keep);
        CatchUp();

        var found = new List<Pause>();
        Assert.True(_events.FindPauses(before, after, found));

        // The runtime's own sum counts the stopping and the letting go as well.
        Assert.NotEmpty(found);
        Assert.All(found, pause => Assert.True(pause.Begin <= pause.Stopped && pause.Stopped < pause.Resuming && pause.Resuming <= pause.End));
        var told = Stopwatch.GetElapsedTime(0, found.Sum(pause => Math.Min(after, pause.Resuming) - Math.Max(before, pause.Stopped)));
        Assert.InRange(told, 0.5 * paused, Stopwatch.GetElapsedTime(before, after));
    }

    [Fact]
    public async Task Locks_that_cost_too_much_to_be_told_are_unknown_for_a_while_and_collections_are_not()
    {
        var time = new FakeTimeProvider();
        using var events = new RuntimeEvents(new ListeningBudget(time, perSecond: 1_000, most: 100));
        events.Start(waitHandles: false);
        await UntilAsync(() => events.CatchUp() && HearsLocks(), "the first mark");

        // More than once if need be: another listener that comes or goes makes the runtime lose what was under way.
        long before = 0, after = 0;
        for (var floods = 0; HearsLocks(); floods++)
        {
            Assert.True(floods < 20, "Too much was heard, and nothing came of it.");
            before = Stopwatch.GetTimestamp();
            Contend(threads: 30);
            after = Stopwatch.GetTimestamp();
            await UntilAsync(events.CatchUp, "the mark after the contention");
        }

        // What was heard before it became too much is known; what comes now is not.
        Assert.True(events.FindContentions(before, after, []));
        var later = Stopwatch.GetTimestamp();
        await UntilAsync(() => events.CatchUp() && events.FindPauses(Stopwatch.GetTimestamp() - 1, Stopwatch.GetTimestamp(), []), "collections to be heard");
        Assert.False(HearsLocks());
        Assert.False(events.Recover());

        time.Advance(TimeSpan.FromMinutes(1));
        await UntilAsync(events.Recover, "locks to be heard again");
        Assert.True(HearsLocks());
        Assert.False(events.FindContentions(later, Stopwatch.GetTimestamp(), []));

        bool HearsLocks()
        {
            var now = Stopwatch.GetTimestamp();
            return events.FindContentions(now, now + 1, []);
        }
    }

    [Fact]
    public async Task Locks_that_cost_too_much_are_given_up_in_an_application_that_nobody_asks_anything()
    {
        await using var app = await PlainApplication.StartAsync(_ => { });
        for (var floods = 0; Heard(); floods++)
        {
            Assert.True(floods < 100, "Too much was heard, and nothing came of it.");
            Contend(threads: 60);

            // Nothing here catches up but the application itself.
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.Equal(0, app.Ledger.Finished);

        bool Heard()
        {
            var now = Stopwatch.GetTimestamp();
            return _events.FindContentions(now, now + 1, []);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task With_wait_handles_a_wait_for_one_is_told_and_a_lock_s_own_handle_is_not_a_second_wait(bool isLock)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The kernel's ids of threads are read on Linux only.");
        using var events = new RuntimeEvents(new ListeningBudget(TimeProvider.System, perSecond: 1_000, most: 1_000));
        events.Start(waitHandles: true);
        await UntilAsync(events.CatchUp, "the first mark");
        var gate = new Lock();
        using var handle = new AutoResetEvent(false);
        var (here, before, after) = (0, 0L, 0L);
        var waiting = new Thread(() =>
        {
            here = ThreadIdentity.Current.Os!.Value;
            before = Stopwatch.GetTimestamp();
            if (isLock)
            {
                lock (gate)
                {
                }
            }
            else
            {
                handle.WaitOne();
            }

            after = Stopwatch.GetTimestamp();
        });

        gate.Enter();
        waiting.Start();
        Assert.True(SpinWait.SpinUntil(() => waiting.ThreadState.HasFlag(System.Threading.ThreadState.WaitSleepJoin), TimeSpan.FromMinutes(1)));
        SpinWait.SpinUntil(static () => false, TimeSpan.FromMilliseconds(50));
        Release();
        waiting.Join();
        await UntilAsync(events.CatchUp, "the mark behind the wait");

        var found = new List<Contention>();
        Assert.True(events.FindContentions(before, after, found));
        var mine = Assert.Single(found, contention => contention.Thread == here && contention.End - contention.Start > Stopwatch.Frequency / 100);
        Assert.Equal(!isLock, mine.IsHandle);
        Assert.InRange(mine.End - mine.Start, 0.04 * Stopwatch.Frequency, after - before + ClockError);

        void Release()
        {
            if (isLock)
            {
                gate.Exit();
            }
            else
            {
                handle.Set();
            }
        }
    }

    /// <summary>So many new threads wait for one lock.</summary>
    private static void Contend(int threads)
    {
        var gate = new object();
        var waiting = Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            lock (gate)
            {
            }
        })).ToList();
        lock (gate)
        {
            waiting.ForEach(thread => thread.Start());
            SpinWait.SpinUntil(
                () => waiting.TrueForAll(thread => thread.ThreadState.HasFlag(System.Threading.ThreadState.WaitSleepJoin)), TimeSpan.FromMinutes(1));
        }

        waiting.ForEach(thread => thread.Join());
    }

    private static async Task UntilAsync(Func<bool> isTrue, string what)
    {
        for (var looks = 0; !isTrue(); looks++)
        {
            Assert.True(looks < 10_000, $"Waited for {what}.");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void Catching_up_goes_on_working()
    {
        // Not each time: when another listener comes or goes, as in the tests beside this one, the runtime begins anew and loses what was under way.
        Assert.InRange(Enumerable.Range(0, 20).Count(_ => _events.CatchUp()), 10, 20);
    }
}
