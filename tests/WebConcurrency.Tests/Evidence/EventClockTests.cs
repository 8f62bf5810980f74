using System.Diagnostics;
using WebConcurrency.Evidence;

namespace WebConcurrency.Tests.Evidence;

public sealed class EventClockTests
{
    private static readonly DateTime Date = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly EventClock _clock = new();

    [Fact]
    public void Event_stands_where_its_date_is_from_the_mark_s()
    {
        _clock.Align(Date, 5_000);

        Assert.Equal(5_000 + Ticks(3), _clock.Map(Date.AddMilliseconds(3)));
    }

    [Fact]
    public void Mark_that_was_read_late_is_outweighed_by_one_that_was_not()
    {
        foreach (var late in new[] { 4, 0, 9 })
        {
            _clock.Align(Date.AddMilliseconds(10), Ticks(10 + late));
        }

        Assert.Equal(Ticks(20), _clock.Map(Date.AddMilliseconds(20)));
    }

    [Fact]
    public void Dates_that_begin_anew_are_followed_once_the_old_marks_are_forgotten()
    {
        _clock.Align(Date, 0);
        for (var i = 0; i < 16; i++)
        {
            _clock.Align(Date, Ticks(100));
        }

        Assert.Equal(Ticks(100), _clock.Map(Date));
    }

    [Fact]
    public void Dates_that_are_known_to_begin_anew_are_followed_from_the_next_mark_on()
    {
        _clock.Align(Date, 0);
        _clock.Forget();
        Assert.Equal(0, _clock.Map(Date));
        _clock.Align(Date, Ticks(100));

        Assert.Equal(Ticks(100), _clock.Map(Date));
    }

    private static long Ticks(int milliseconds) => milliseconds * Stopwatch.Frequency / 1_000;
}
