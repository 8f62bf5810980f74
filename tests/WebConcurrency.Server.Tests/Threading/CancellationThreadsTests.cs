using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using WebConcurrency.Server.Tests.Running;
using WebConcurrency.Server.Threading;

namespace WebConcurrency.Server.Tests.Threading;

public sealed class CancellationThreadsTests
{
    private readonly CancellationThreads _threads = new(NullLogger<CancellationThreads>.Instance);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cancellations_that_block_hold_a_few_threads_of_their_own_and_all_come_about()
    {
        using var hold = new ManualResetEventSlim();
        var begun = new ConcurrentBag<bool>();
        var sources = Enumerable.Range(0, 40).Select(_ => Source(() =>
        {
            begun.Add(Thread.CurrentThread.IsThreadPoolThread);
            hold.Wait(Token);
        })).ToList();
        sources.ForEach(_threads.Cancel);
        await Eventually.EqualAsync(4, () => begun.Count, "how many cancellations have begun");

        // The thread pool serves others meanwhile, and no further thread is made for those that wait.
        for (var i = 0; i < 200; i++)
        {
            await Task.Run(() => { }, Token);
        }

        Assert.Equal(4, begun.Count);
        hold.Set();
        await Eventually.EqualAsync(40, () => begun.Count, "how many cancellations have begun");
        Assert.DoesNotContain(true, begun);
    }

    [Fact]
    public async Task Cancellation_that_fails_keeps_nobody_from_the_next()
    {
        var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        for (var i = 0; i < 10; i++)
        {
            _threads.Cancel(Source(() => throw new InvalidOperationException()));
        }

        _threads.Cancel(Source(next.SetResult));
        await Eventually.EndsAsync(next.Task, "the last cancellation");
    }

    private static CancellationTokenSource Source(Action cancelled)
    {
        var source = new CancellationTokenSource();
        source.Token.UnsafeRegister(_ => cancelled(), null);
        return source;
    }
}
