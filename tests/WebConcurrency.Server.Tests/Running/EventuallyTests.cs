namespace WebConcurrency.Server.Tests.Running;

public sealed class EventuallyTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task What_never_comes_fails_with_what_was_awaited_and_what_was_seen()
    {
        var failure = await Assert.ThrowsAsync<TimeoutException>(() => Eventually.EqualAsync(3, () => 7, "the number of cooks", Short));
        Assert.Equal("Waited 00:00:00.0500000 for the number of cooks to be 3; last seen: 7.", failure.Message);
    }

    [Fact]
    public async Task Look_that_never_ends_fails_too()
    {
        var never = new TaskCompletionSource<int>();
        var failure = await Assert.ThrowsAsync<TimeoutException>(() => Eventually.EqualAsync(3, () => never.Task, "the cook", Short));
        Assert.Equal("Waited 00:00:00.0500000 for the cook to be 3; last seen: nothing yet.", failure.Message);
        failure = await Assert.ThrowsAsync<TimeoutException>(() => Eventually.EndsAsync((Task)never.Task, "the cook", Short));
        Assert.Equal("Waited 00:00:00.0500000 for the cook.", failure.Message);
    }

    [Fact]
    public async Task What_comes_is_returned_and_looked_for_no_longer()
    {
        var looks = 0;
        Assert.Equal(3, await Eventually.SeenAsync(() => Task.FromResult(++looks), seen => seen == 3, "the third look"));
        Assert.Equal(3, looks);
    }

    [Fact]
    public async Task Failure_of_the_look_is_the_test_s() => await Assert.ThrowsAsync<InvalidOperationException>(
        () => Eventually.SeenAsync<int>(() => throw new InvalidOperationException(), _ => true, "a look"));
}
