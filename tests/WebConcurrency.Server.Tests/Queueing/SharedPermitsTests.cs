using WebConcurrency.Server.Queueing;

namespace WebConcurrency.Server.Tests.Queueing;

/// <summary>Gates that share permits: none gives more than it has, all together not more than the shared ones, and the first to come is the first to go.</summary>
public sealed class SharedPermitsTests
{
    private readonly SharedPermits _shared = new(3);
    private readonly FifoGate _left;
    private readonly FifoGate _right;

    public SharedPermitsTests() => (_left, _right) = (Gate("left"), Gate("right"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Gates_together_give_no_more_than_is_shared_and_each_no_more_than_its_own()
    {
        Assert.True(_left.TryEnter());
        Assert.True(_left.TryEnter());
        Assert.False(_left.TryEnter());
        Assert.True(_right.TryEnter());
        Assert.False(_right.TryEnter());
        Assert.Equal((2, 1), (_left.InUse, _right.InUse));

        _left.Release();
        Assert.True(_right.TryEnter());
        Assert.False(_left.TryEnter());
    }

    [Fact]
    public void Several_permits_are_taken_together_or_not_at_all()
    {
        Assert.False(_left.TryEnter(3));
        Assert.True(_left.TryEnter(2));
        Assert.False(_right.TryEnter(2));
        Assert.Equal((2, 0), (_left.InUse, _right.InUse));
        Assert.True(_right.TryEnter());
    }

    [Fact]
    public async Task Shared_permit_goes_to_whoever_has_waited_longest_at_any_of_the_gates()
    {
        Assert.True(_left.TryEnter(2));
        Assert.True(_right.TryEnter());
        var waiting = new[] { _right, _left, _right, _left }.Select(gate => gate.EnterAsync(Token).AsTask()).ToList();

        // The first at the right may go; the one at the left that came second waits for a permit of the left, and is passed by nobody who could take its place.
        _right.Release();
        await waiting[0];
        Assert.Equal((2, 1), (_left.Waiting, _right.Waiting));
        _left.Release();
        await waiting[1];
        _right.Release();
        await waiting[2];
        Assert.False(waiting[3].IsCompleted);
        _left.Release();
        await waiting[3];
        Assert.Equal((2, 1), (_left.InUse, _right.InUse));
    }

    [Fact]
    public async Task One_who_only_waits_at_its_own_gate_holds_up_no_other_gate()
    {
        Assert.True(_left.TryEnter(2));
        var behind = _left.EnterAsync(Token).AsTask();
        Assert.False(behind.IsCompleted);
        Assert.True(_right.TryEnter());
        var right = _right.EnterAsync(Token).AsTask();
        _right.Release();
        await right;
        Assert.False(behind.IsCompleted);
        _left.Release();
        await behind;
    }

    [Fact]
    public async Task One_who_leaves_the_queue_takes_nothing_along()
    {
        Assert.True(_left.TryEnter(2));
        Assert.True(_right.TryEnter());
        using var gone = new CancellationTokenSource();
        var leaves = _right.EnterAsync(gone.Token).AsTask();
        var stays = _right.EnterAsync(Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaves);
        _left.Release();
        await stays;
        _left.Release();
        _right.Release();
        _right.Release();
        Assert.Equal((0, 0, 3), (_left.InUse, _right.InUse, _shared.Free));
    }

    private FifoGate Gate(string name) => new(name, 2, 10, TimeSpan.FromSeconds(30), TimeProvider.System, _shared);
}
