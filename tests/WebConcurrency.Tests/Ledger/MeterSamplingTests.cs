using Microsoft.Extensions.Time.Testing;
using WebConcurrency.Ledger;
using WebConcurrency.Tests.Recording;

namespace WebConcurrency.Tests.Ledger;

public sealed class MeterSamplingTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void All_are_metered_while_they_are_few()
    {
        var sampling = new MeterSampling(_time, 10, new FakeMeter());
        for (var second = 0; second < 5; second++)
        {
            Assert.Equal(10, Metered(sampling, 10));
        }
    }

    [Fact]
    public void Every_nth_is_metered_once_a_second_has_shown_that_they_are_many()
    {
        var sampling = new MeterSampling(_time, 10, new FakeMeter());

        // The second that shows it is a burst's first: twice as many as wanted are the most.
        Assert.Equal(20, Metered(sampling, 1_000));
        Assert.Equal(10, Metered(sampling, 1_000));
        Assert.Equal(1, Metered(sampling, 10));
        Assert.Equal(10, Metered(sampling, 10));
    }

    [Fact]
    public void None_is_metered_where_nobody_can_or_none_is_wanted()
    {
        Assert.Null(new MeterSampling(_time, 10, null).Next());
        Assert.Null(new MeterSampling(_time, 0, new FakeMeter()).Next());
    }

    private int Metered(MeterSampling sampling, int requests)
    {
        var metered = Enumerable.Range(0, requests).Count(_ => sampling.Next() is not null);
        _time.Advance(TimeSpan.FromSeconds(1));
        return metered;
    }
}
