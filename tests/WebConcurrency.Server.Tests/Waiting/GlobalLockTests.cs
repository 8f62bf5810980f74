using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using WebConcurrency.Server.Tests.Running;
using WebConcurrency.Server.Waiting;

namespace WebConcurrency.Server.Tests.Waiting;

public sealed class GlobalLockTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly GlobalLock _gil;

    public GlobalLockTests() => _gil = new GlobalLock(Options.Create(new GilOptions()), _time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Holder_keeps_it_for_the_switch_interval_and_then_gives_it_to_whoever_waits()
    {
        _gil.Acquire(Token);
        var order = new List<string>();
        var other = OnAThread(() =>
        {
            _gil.Acquire(Token);
            order.Add("other");
            _gil.Release();
        });
        await UntilWaitedForAsync();
        _time.Advance(TimeSpan.FromMilliseconds(4.9));
        _gil.Checkpoint(Token);
        Assert.Empty(order);

        _time.Advance(TimeSpan.FromMilliseconds(0.1));
        _gil.Checkpoint(Token);
        order.Add("holder again");
        await other;

        Assert.Equal(["other", "holder again"], order);
        _gil.Release();
    }

    [Fact]
    public async Task Holder_that_has_long_computed_keeps_it_for_the_interval_from_when_another_wants_it()
    {
        _gil.Acquire(Token);
        _time.Advance(TimeSpan.FromSeconds(1));
        var hasIt = false;
        var other = OnAThread(() =>
        {
            _gil.Acquire(Token);
            hasIt = true;
            _gil.Release();
        });
        await UntilWaitedForAsync();
        _gil.Checkpoint(Token);
        Assert.False(hasIt);

        _time.Advance(TimeSpan.FromMilliseconds(5));
        _gil.Checkpoint(Token);
        Assert.True(hasIt);
        await other;
        _gil.Release();
    }

    [Fact]
    public void Holder_that_nobody_waits_for_goes_on()
    {
        _gil.Acquire(Token);
        _time.Advance(TimeSpan.FromSeconds(1));
        _gil.Checkpoint(Token);
        Assert.True(_gil.IsHeld);
        _gil.Release();
        Assert.False(_gil.IsHeld);
    }

    [Fact]
    public async Task It_is_let_go_for_a_wait_and_taken_again_after_it()
    {
        _gil.Acquire(Token);
        using (GlobalLock.LetGo(_gil))
        {
            await OnAThread(() =>
            {
                _gil.Acquire(Token);
                _gil.Release();
            });
        }

        Assert.True(_gil.IsHeld);
        _gil.Release();
    }

    [Fact]
    public async Task It_may_be_held_across_an_await()
    {
        _gil.Acquire(Token);
        await Task.Yield();
        Assert.True(_gil.IsHeld);
        _gil.Release();
        Assert.False(_gil.IsHeld);
    }

    private Task UntilWaitedForAsync() => Eventually.EqualAsync(1, () => _gil.Waiting, "how many want the lock");

    private static Task OnAThread(Action body) => Task.Factory.StartNew(body, Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
