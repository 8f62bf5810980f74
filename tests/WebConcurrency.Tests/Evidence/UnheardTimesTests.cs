using WebConcurrency.Evidence;

namespace WebConcurrency.Tests.Evidence;

public sealed class UnheardTimesTests
{
    private readonly UnheardTimes _unheard = new();

    public UnheardTimesTests() => _unheard.End(10);

    [Fact]
    public void Nothing_is_heard_before_somebody_listens()
    {
        Assert.True(new UnheardTimes().Touch(1, 2));
        Assert.True(_unheard.Touch(9, 20));
        Assert.False(_unheard.Touch(10, 20));
    }

    [Fact]
    public void Gap_touches_what_shares_time_with_it()
    {
        _unheard.Begin(20);
        Assert.True(_unheard.GoesOn);
        Assert.Equal((false, true, true), (_unheard.Touch(10, 20), _unheard.Touch(10, 21), _unheard.Touch(50, 60)));

        _unheard.End(30);
        _unheard.Begin(40);
        _unheard.End(50);
        Assert.False(_unheard.GoesOn);
        Assert.Equal(
            (false, true, true, false, true, false),
            (_unheard.Touch(10, 20), _unheard.Touch(19, 21), _unheard.Touch(29, 40), _unheard.Touch(30, 40), _unheard.Touch(35, 60), _unheard.Touch(50, 60)));
    }

    [Fact]
    public void Gap_that_begins_again_goes_on_from_its_first_beginning()
    {
        _unheard.Begin(20);
        _unheard.Begin(25);
        _unheard.End(30);

        Assert.True(_unheard.Touch(20, 21));
    }

    [Fact]
    public void Gap_in_which_nothing_happened_was_none()
    {
        _unheard.Begin(20);
        _unheard.Revoke();

        Assert.False(_unheard.Touch(15, 90));
    }

    [Fact]
    public void Time_before_the_gaps_that_are_kept_counts_as_unheard()
    {
        for (var gap = 1; gap <= 2_000; gap++)
        {
            _unheard.Begin(100 * gap);
            _unheard.End((100 * gap) + 1);
        }

        Assert.True(_unheard.Touch(250, 260));
        Assert.False(_unheard.Touch(199_950, 199_960));
    }
}
