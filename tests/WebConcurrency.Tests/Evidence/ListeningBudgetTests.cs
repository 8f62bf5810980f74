using Microsoft.Extensions.Time.Testing;
using WebConcurrency.Evidence;

namespace WebConcurrency.Tests.Evidence;

public sealed class ListeningBudgetTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ListeningBudget _budget;

    public ListeningBudgetTests() => _budget = new ListeningBudget(_time, perSecond: 100, most: 50);

    [Fact]
    public void Allowance_lasts_for_as_many_events_as_are_saved_up()
    {
        Hear(thread: 7, times: 50 - ListeningBudget.FirstOfThread);
        Assert.True(_budget.Affords());

        Hear(thread: 7, times: 1);
        Assert.False(_budget.Affords());
    }

    [Fact]
    public void Events_that_are_no_more_than_a_second_allows_are_heard_for_ever()
    {
        for (var second = 0; second < 20; second++)
        {
            Hear(thread: 7, times: 40);
            Pass(500);
            Assert.True(_budget.Affords(), $"not after {second} half seconds");
        }
    }

    [Fact]
    public void Threads_that_are_new_use_it_up_the_sooner()
    {
        for (var thread = 0; thread < 50 / ListeningBudget.FirstOfThread; thread++)
        {
            Hear(thread, times: 1);
        }

        Assert.False(_budget.Affords());
        Assert.Equal(50 / ListeningBudget.FirstOfThread, _budget.Threads);
    }

    [Fact]
    public void Allowance_that_was_used_up_is_awaited_until_it_is_whole()
    {
        Hear(thread: 7, times: 50);
        Assert.False(_budget.Affords());

        // 9 beyond what there was, and 50 to be saved up, at 100 a second.
        Pass(580);
        Assert.False(_budget.Affords());
        Pass(20);
        Assert.True(_budget.Affords());
    }

    private void Hear(long thread, int times)
    {
        for (var i = 0; i < times; i++)
        {
            _budget.Heard(thread);
        }
    }

    private void Pass(int milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
}
