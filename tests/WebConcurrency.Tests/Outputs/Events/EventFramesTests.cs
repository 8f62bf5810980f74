using WebConcurrency.Outputs.Events;

namespace WebConcurrency.Tests.Outputs.Events;

public sealed class EventFramesTests
{
    [Fact]
    public void Client_that_joins_goes_on_behind_what_it_has()
    {
        var frames = With(most: 10, sequences: [3, 4, 5]);
        Assert.True(frames.TryJoin(4, out var place));
        Assert.Equal([5], Take(frames, place));
        Assert.True(frames.TryJoin(5, out place));
        Assert.Empty(Take(frames, place));
    }

    [Fact]
    public void Client_that_wants_what_is_no_longer_here_is_sent_to_the_ledger()
    {
        var frames = With(most: 2, sequences: [3, 4, 5]);
        Assert.False(frames.TryJoin(2, out _));
        Assert.True(frames.TryJoin(3, out var place));
        Assert.Equal([4, 5], Take(frames, place));
    }

    [Fact]
    public void Client_left_behind_misses_the_oldest_and_the_count_says_how_many()
    {
        var frames = With(most: 3, sequences: [1, 2, 3]);
        Assert.True(frames.TryJoin(0, out var place));
        frames.Add([Frame(4), Frame(5)], 5);
        Assert.Equal(2, frames.Missed(place));
        Assert.Equal([3, 4, 5], Take(frames, place));
    }

    [Fact]
    public void Bytes_are_bounded_as_frames_are()
    {
        var frames = new EventFrames(1_000, 2_500);
        for (var i = 1; i <= 100; i++)
        {
            frames.Add([Frame(i, 1_000)], i);
        }

        Assert.Equal(2_000, frames.Bytes);
        Assert.True(frames.TryJoin(98, out var place));
        Assert.Equal([99, 100], Take(frames, place));
    }

    [Fact]
    public void New_row_begins_after_what_was_published_before_it()
    {
        var frames = With(most: 3, sequences: [1, 2, 3]);
        frames.Restart(7);
        Assert.Equal(0, frames.Bytes);
        Assert.False(frames.TryJoin(3, out _));
        Assert.True(frames.TryJoin(7, out var place));
        frames.Add([Frame(8)], 8);
        Assert.Equal([8], Take(frames, place));
    }

    [Fact]
    public async Task News_end_the_wait_that_began_before_them()
    {
        var frames = With(most: 3, sequences: []);
        var changed = frames.Changed;
        Assert.False(changed.IsCompleted);
        frames.Add([Frame(1)], 1);
        await changed;
        Assert.False(frames.Changed.IsCompleted);
    }

    private static EventFrames With(int most, int[] sequences)
    {
        var frames = new EventFrames(most, 1_000_000);
        foreach (var sequence in sequences)
        {
            frames.Add([Frame(sequence)], sequence);
        }

        return frames;
    }

    private static EventFrame Frame(long sequence, int bytes = 1) => new(sequence, new byte[bytes]);

    private static List<long> Take(EventFrames frames, long place)
    {
        var taken = new List<long>();
        while (frames.TryTake(ref place, out var frame, out _))
        {
            taken.Add(frame.Sequence);
        }

        return taken;
    }
}
