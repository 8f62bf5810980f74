using System.Diagnostics;
using WebConcurrency.Evidence;

namespace WebConcurrency.Tests.Evidence;

public sealed class EventClockTests
{
    private static readonly DateTime Date = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Event_stands_where_its_date_is_from_the_mark_s()
    {
        var clock = new EventClock(4);
        clock.Marked(0, 5_000);
        clock.Seen(0, Date);

        Assert.Equal(5_000 + Ticks(3), clock.Map(Date.AddMilliseconds(3)));
    }

    [Fact]
    public void Mark_that_comes_before_its_maker_has_read_the_clock_and_one_that_never_comes_change_nothing()
    {
        var clock = new EventClock(4);
        clock.Marked(1, 77);
        clock.Seen(0, Date);
        clock.Marked(0, 5_000);

        Assert.Equal(5_000, clock.Map(Date));
    }

    [Fact]
    public void Mark_that_was_read_late_is_outweighed_by_one_that_was_not()
    {
        var clock = new EventClock(4);
        foreach (var late in new[] { 4, 0, 9 })
        {
            clock.Marked(0, Ticks(10 + late));
            clock.Seen(0, Date.AddMilliseconds(10));
        }

        Assert.Equal(Ticks(20), clock.Map(Date.AddMilliseconds(20)));
    }

    [Fact]
    public void Dates_that_begin_anew_are_followed_once_the_old_marks_are_forgotten()
    {
        var clock = new EventClock(4);
        clock.Marked(0, 0);
        clock.Seen(0, Date);
        for (var i = 0; i < 16; i++)
        {
            clock.Marked(0, Ticks(100));
            clock.Seen(0, Date);
        }

        Assert.Equal(Ticks(100), clock.Map(Date));
    }

    private static long Ticks(int milliseconds) => milliseconds * Stopwatch.Frequency / 1_000;
}
