using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using WebConcurrency.Server.Admission;
using WebConcurrency.Server.Queueing;
using WebConcurrency.Server.Strategies;
using WebConcurrency.Server.Tests.Running;
using WebConcurrency.Server.Threading;

namespace WebConcurrency.Server.Tests.Strategies;

public sealed class StrategyTests : IDisposable
{
    private readonly AdmissionOptions _options = new() { Threads = 2, SerialQueue = 2, AsyncRequests = 2, QueueTime = TimeSpan.FromSeconds(30) };
    private readonly SerialStrategy _serial = new();
    private readonly PoolStrategy _pool = new(new ThreadBudget(null, ownCluster: false, each: 2));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _serial.Dispose();
        _pool.Dispose();
    }

    [Fact]
    public async Task Body_that_awaits_on_an_owned_thread_fails_loudly()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Runner().RunAsync<int>(new ThreadStrategy(), async _ =>
            {
                await Task.Delay(Timeout.Infinite, Token);
                return 1;
            }, Token));
        Assert.Contains("awaited instead of blocked", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rest_of_the_pipeline_does_not_go_on_on_the_request_s_thread()
    {
        foreach (var strategy in new IStrategy[] { new ThreadStrategy(), _serial, _pool, new GilStrategy() })
        {
            var body = await Runner().RunAsync(strategy, _ => ValueTask.FromResult(Environment.CurrentManagedThreadId), Token);
            Assert.NotEqual(body, Environment.CurrentManagedThreadId);
            Assert.True(Thread.CurrentThread.IsThreadPoolThread);
        }
    }

    [Fact]
    public async Task Outcome_hands_nobody_the_request_s_thread()
    {
        var thread = 0;
        var work = new RequestWork<int>(() => ValueTask.FromResult(thread = Environment.CurrentManagedThreadId), default, () => { }, BodyStyle.Blocks);

        // Whoever asks to go on synchronously would go on there.
        var next = work.Outcome.ContinueWith(
            _ => Environment.CurrentManagedThreadId, Token, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        OwnedThread.Start("test", work.Run);

        Assert.NotEqual(await next, thread);
    }

    /// <summary>What a body does when it is told may block, and many may be told at once.</summary>
    [Fact]
    public async Task Body_that_nobody_waits_for_is_told_on_no_thread_of_the_thread_pool()
    {
        using var gone = new CancellationTokenSource();
        var told = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = Runner().RunAsync(
            new AsyncStrategy(),
            async token =>
            {
                token.UnsafeRegister(_ => told.SetResult(Thread.CurrentThread.IsThreadPoolThread), null);
                await Task.Delay(Timeout.Infinite, token);
                return 1;
            },
            gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        Assert.False(await Eventually.EndsAsync(told.Task, "the body to be told"));
    }

    [Fact]
    public async Task Pool_reuses_the_thread_of_the_request_before_and_grows_no_further_than_it_may()
    {
        using var pool = new PoolStrategy(Budget(_options));
        var runner = Runner();
        var threads = new HashSet<int>();
        for (var i = 0; i < 200; i++)
        {
            threads.Add(await runner.RunAsync(pool, _ => ValueTask.FromResult(Environment.CurrentManagedThreadId), Token));
        }

        Assert.Single(threads);
        Assert.Equal(1, pool.Threads);

        int running = 0, most = 0;
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => runner.RunAsync(pool, _ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            Thread.SpinWait(2_000);
            Interlocked.Decrement(ref running);
            return ValueTask.FromResult(0);
        }, Token).ContinueWith(_ => { }, Token, TaskContinuationOptions.None, TaskScheduler.Default)));
        Assert.InRange(most, 1, 2);
        Assert.InRange(pool.Threads, 1, 2);
    }

    [Fact]
    public async Task Pool_never_runs_two_requests_on_one_thread_at_once()
    {
        using var pool = new PoolStrategy(Budget(new AdmissionOptions { Threads = 8 }));
        var options = new AdmissionOptions { Threads = 8, QueueTime = TimeSpan.FromSeconds(30) };
        var admission = Admission(options);
        var runner = Runner(admission, options, TimeProvider.System);
        var busy = new ConcurrentDictionary<int, int>();
        var clashes = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async client =>
        {
            for (var i = 0; i < 300; i++)
            {
                using var gone = new CancellationTokenSource();
                if ((client + i) % 5 == 0)
                {
                    gone.CancelAfter(TimeSpan.FromMicroseconds(i));
                }

                try
                {
                    await runner.RunAsync(pool, _ =>
                    {
                        var thread = Environment.CurrentManagedThreadId;
                        clashes += busy.AddOrUpdate(thread, 1, (_, count) => count + 1) > 1 ? 1 : 0;
                        Thread.SpinWait(500);
                        busy.AddOrUpdate(thread, 0, (_, count) => count - 1);
                        return ValueTask.FromResult(0);
                    }, gone.Token);
                }
                catch (OperationCanceledException)
                {
                }
            }
        }));

        Assert.Equal(0, clashes);
        Assert.InRange(pool.Threads, 1, 8);
        await UntilFreeAsync(admission.For("pool"));
    }

    [Fact]
    public async Task Serial_serves_one_at_a_time_in_order()
    {
        using var hold = new ManualResetEventSlim();
        var order = new ConcurrentQueue<int>();
        var runner = Runner();
        var first = runner.RunAsync(_serial, _ => { hold.Wait(Token); order.Enqueue(0); return ValueTask.FromResult(0); }, Token);
        var rest = Enumerable.Range(1, 2).Select(i => runner.RunAsync(_serial, _ => { order.Enqueue(i); return ValueTask.FromResult(i); }, Token)).ToList();
        hold.Set();
        await Task.WhenAll(rest.Append(first));

        Assert.Equal([0, 1, 2], order);
    }

    [Fact]
    public async Task Full_serial_queue_turns_away()
    {
        using var hold = new ManualResetEventSlim();
        using var began = new ManualResetEventSlim();
        var admission = Admission(_options);
        var runner = Runner(admission);
        var running = runner.RunAsync(_serial, _ => { began.Set(); hold.Wait(Token); return ValueTask.FromResult(0); }, Token);
        began.Wait(Token);
        var queued = Enumerable.Range(0, 2).Select(i => runner.RunAsync(_serial, _ => ValueTask.FromResult(i), Token)).ToList();
        await Assert.ThrowsAsync<QueueFullException>(() => runner.RunAsync(_serial, _ => ValueTask.FromResult(9), Token));

        hold.Set();
        await Task.WhenAll(queued.Append(running));
        await UntilFreeAsync(admission.For("serial"));
    }

    [Fact]
    public async Task Permit_comes_back_whatever_happens()
    {
        var admission = Admission(_options);
        using var pool = new PoolStrategy(Budget(_options));
        foreach (var strategy in new IStrategy[] { new ThreadStrategy(), pool, _serial, new ThreadPoolStrategy(), new GilStrategy(), new AsyncStrategy() })
        {
            var runner = Runner(admission);
            await runner.RunAsync(strategy, _ => ValueTask.FromResult(1), Token);
            await Assert.ThrowsAsync<InvalidOperationException>(() => runner.RunAsync<int>(strategy, _ => throw new InvalidOperationException(), Token));
            using var gone = new CancellationTokenSource();
            var left = runner.RunAsync<int>(strategy, async token =>
            {
                if (strategy.Style != BodyStyle.Awaits)
                {
                    token.WaitHandle.WaitOne();
                }
                else
                {
                    await Task.Delay(Timeout.Infinite, token);
                }

                throw new OperationCanceledException(token);
            }, gone.Token);
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
            await UntilFreeAsync(admission.For(strategy.Name));
        }
    }

    [Fact]
    public async Task Thread_keeps_its_permit_after_its_request_was_answered()
    {
        using var hold = new ManualResetEventSlim();
        using var gone = new CancellationTokenSource();
        var admission = Admission(_options);
        var left = Runner(admission).RunAsync(new ThreadStrategy(), _ => { hold.Wait(Token); return ValueTask.FromResult(1); }, gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);

        Assert.Equal(1, admission.For("thread").InUse);
        hold.Set();
        await UntilFreeAsync(admission.For("thread"));
    }

    [Fact]
    public async Task Request_that_is_not_admitted_in_time_is_turned_away()
    {
        var time = new FakeTimeProvider();
        using var hold = new ManualResetEventSlim();
        var options = new AdmissionOptions { Threads = 2, QueueTime = TimeSpan.FromSeconds(1) };
        var admission = Admission(options, time);
        var runner = Runner(admission, options, time);
        var running = Enumerable.Range(0, 2)
            .Select(_ => runner.RunAsync(new ThreadStrategy(), _ => { hold.Wait(Token); return ValueTask.FromResult(1); }, Token)).ToList();
        var waiting = runner.RunAsync(new ThreadStrategy(), _ => ValueTask.FromResult(1), Token);
        time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<QueueTimeoutException>(() => waiting);
        hold.Set();
        await Task.WhenAll(running);
    }

    private StrategyRunner Runner(StrategyAdmission? admission = null) =>
        Runner(admission ?? Admission(_options), _options, TimeProvider.System);

    private static StrategyAdmission Admission(AdmissionOptions options, TimeProvider? time = null) =>
        new(Options.Create(options), Budget(options), time ?? TimeProvider.System);

    /// <summary>That of a system without limits.</summary>
    private static ThreadBudget Budget(AdmissionOptions options) => new(left: null, ownCluster: false, options.Threads);

    private static StrategyRunner Runner(StrategyAdmission admission, AdmissionOptions options, TimeProvider time) => new(
        admission,
        new Drain(Options.Create(options), new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance), TimeProvider.System),
        new Cancellations(NullLogger<Cancellations>.Instance),
        Options.Create(options),
        time);

    private static Task UntilFreeAsync(FifoGate gate) => Eventually.EqualAsync(0, () => gate.InUse, "how many are inside");
}
