using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using WebConcurrency.Server.Admission;
using WebConcurrency.Server.Queueing;
using WebConcurrency.Server.Strategies;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Strategies;

/// <summary>What every strategy owes, whatever thread it gives.</summary>
public sealed class StrategyContractTests(TestPostgres postgres) : IAsyncLifetime
{
    private TestServer _server = null!;
    private StrategyRunner _runner = null!;
    private StrategyAdmission _admission = null!;

    public static TheoryData<string> Names => ["serial", "thread", "pool", "threadpool", "async", "gil"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _server = Server(TimeSpan.FromMilliseconds(100));
        _runner = _server.Services.GetRequiredService<StrategyRunner>();
        _admission = _server.Services.GetRequiredService<StrategyAdmission>();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Result_and_failure_reach_whoever_waits(string name)
    {
        Assert.Equal(7, await _runner.RunAsync(Strategy(name), _ => ValueTask.FromResult(7), Token));
        var thrown = new InvalidOperationException("mine");
        Assert.Same(thrown, await Assert.ThrowsAsync<InvalidOperationException>(() => _runner.RunAsync<int>(Strategy(name), _ => throw thrown, Token)));
        await UntilFreeAsync(name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Deadline_and_a_client_that_leaves_end_the_wait_and_tell_the_body(string name)
    {
        var strategy = Strategy(name);
        await Assert.ThrowsAsync<DeadlineExceededException>(() => _runner.RunAsync(strategy, token => UntilToldAsync(strategy, token), Token));
        using var client = new CancellationTokenSource();
        var left = _runner.RunAsync(strategy, token => UntilToldAsync(strategy, token), client.Token);
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        await UntilFreeAsync(name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Excess_is_turned_away_and_the_rest_is_served(string name)
    {
        // No deadline ends anything here.
        await using var server = Server(TimeSpan.FromMinutes(5));
        var runner = server.Services.GetRequiredService<StrategyRunner>();
        var strategy = server.Services.GetServices<IStrategy>().Single(strategy => strategy.Name == name);
        using var hold = new ManualResetEventSlim();
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ran = 0;
        var sent = Enumerable.Range(0, 12).Select(_ => runner.RunAsync(
            strategy,
            async token =>
            {
                Interlocked.Increment(ref ran);
                if (strategy.Style == BodyStyle.Awaits)
                {
                    await released.Task;
                }
                else
                {
                    hold.Wait(Token);
                }

                return 1;
            },
            Token)).ToList();

        // Those that found no room, at once or after their time in the queue. Four run, or under serial one with three in its own queue; they wait for the test.
        await Eventually.EqualAsync(8, () => sent.Count(task => task.IsCompleted), "how many of 12 have been turned away");
        Assert.All(sent.Where(task => task.IsCompleted), task => Assert.IsAssignableFrom<TurnedAwayException>(task.Exception?.InnerException));
        hold.Set();
        released.SetResult();
        foreach (var served in sent.Where(task => !task.IsFaulted).ToList())
        {
            Assert.Equal(1, await served);
        }

        Assert.Equal(4, ran);
        var inside = server.Services.GetRequiredService<StrategyAdmission>().For(name);
        await Eventually.EqualAsync((0, 0), () => (inside.InUse, inside.Waiting), $"how many are inside {name} and wait for it");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task After_a_thousand_random_outcomes_everything_is_accounted_for_and_free(string name)
    {
        var strategy = Strategy(name);
        int served = 0, failed = 0, turnedAway = 0, late = 0, left = 0, sent = 0;
        var began = new ConcurrentDictionary<int, int>();
        var refused = new ConcurrentBag<int>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(client => Task.Run(
            async () =>
            {
                var random = new Random(client);
                for (var i = 0; i < 125; i++)
                {
                    using var gone = new CancellationTokenSource();
                    var number = Interlocked.Increment(ref sent);
                    var outcome = random.Next(20);
                    if (outcome < 4)
                    {
                        gone.CancelAfter(TimeSpan.FromMicroseconds(random.Next(1, 3_000)));
                    }

                    try
                    {
                        await _runner.RunAsync(strategy, token =>
                        {
                            began.AddOrUpdate(number, 1, (_, times) => times + 1);
                            return outcome switch
                            {
                                0 => UntilToldAsync(strategy, token),
                                5 or 6 => throw new InvalidOperationException(),
                                _ => Worked(random.Next(20_000)),
                            };
                        }, gone.Token);
                        Interlocked.Increment(ref served);
                    }
                    catch (InvalidOperationException)
                    {
                        Interlocked.Increment(ref failed);
                    }
                    catch (TurnedAwayException)
                    {
                        Interlocked.Increment(ref turnedAway);
                        refused.Add(number);
                    }
                    catch (DeadlineExceededException)
                    {
                        Interlocked.Increment(ref late);
                    }
                    catch (OperationCanceledException)
                    {
                        Interlocked.Increment(ref left);
                    }
                }
            },
            Token)));

        Assert.True(served > 0 && failed > 0 && left > 0, $"{served} {failed} {turnedAway} {late} {left}");
        await UntilFreeAsync(name);

        // None ran twice, none that was turned away ran, and whoever neither ran to its end nor was turned away was no longer waited for.
        Assert.All(began, request => Assert.Equal(1, request.Value));
        Assert.DoesNotContain(refused, began.ContainsKey);
        Assert.InRange(began.Count, served + failed, served + failed + late + left);
        Assert.Equal(1_000, served + failed + turnedAway + late + left);
        Assert.Equal(1, await _runner.RunAsync(strategy, _ => ValueTask.FromResult(1), Token));
    }

    private static ValueTask<int> Worked(int spins)
    {
        Thread.SpinWait(spins);
        return ValueTask.FromResult(1);
    }

    /// <summary>Waits until nobody waits for it any more.</summary>
    private static async ValueTask<int> UntilToldAsync(IStrategy strategy, CancellationToken token)
    {
        if (strategy.Style == BodyStyle.Awaits)
        {
            await Task.Delay(Timeout.Infinite, token);
        }
        else
        {
            token.WaitHandle.WaitOne();
        }

        throw new OperationCanceledException(token);
    }

    private TestServer Server(TimeSpan deadline) => new(
        postgres, null, ("Admission:Threads", "4"), ("Admission:AsyncRequests", "4"), ("Admission:SerialQueue", "3"),
        ("Admission:QueueTime", "00:00:00.020"), ("Admission:Deadline", $"{deadline}"));

    private IStrategy Strategy(string name) => _server.Services.GetServices<IStrategy>().Single(strategy => strategy.Name == name);

    private Task UntilFreeAsync(string name) => Eventually.EqualAsync(
        (0, 0), () => (_admission.For(name).InUse, _admission.For(name).Waiting), $"how many are inside {name} and wait for it");
}
