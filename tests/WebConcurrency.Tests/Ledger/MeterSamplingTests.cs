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
    public void One_in_n_is_metered_once_a_second_has_shown_that_they_are_many()
    {
        var sampling = new MeterSampling(_time, 10, new FakeMeter());

        // The second that shows it is a burst's first: twice as many as wanted are the most.
        Assert.Equal(20, Metered(sampling, 1_000));
        Assert.Equal(10, Metered(sampling, 1_000));
        Assert.InRange(Metered(sampling, 10), 0, 1);
        Assert.Equal(10, Metered(sampling, 10));
    }

    [Fact]
    public void Requests_that_come_in_turns_are_all_metered_alike()
    {
        const int Kinds = 6;
        var sampling = new MeterSampling(_time, 200, new FakeMeter(), new Random(1));
        Metered(sampling, 200 * Kinds);

        var metered = new int[Kinds];
        for (var i = 0; i < 200 * Kinds; i++)
        {
            metered[i % Kinds] += sampling.Next() is null ? 0 : 1;
        }

        // 200 in all, 33 of each kind expected.
        Assert.All(metered, count => Assert.InRange(count, 15, 55));
        Assert.Equal(200, metered.Sum());
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
