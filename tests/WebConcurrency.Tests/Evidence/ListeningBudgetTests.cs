using Microsoft.Extensions.Time.Testing;
using WebConcurrency.Evidence;

namespace WebConcurrency.Tests.Evidence;

public sealed class ListeningBudgetTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ListeningBudget _budget;

    public ListeningBudgetTests() => _budget = new ListeningBudget(_time, perSecond: 100, most: 100);

    [Fact]
    public void Allowance_lasts_for_as_many_events_as_are_saved_up()
    {
        Hear(thread: 7, times: 100 - ListeningBudget.FirstOfThread);
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
        Hear(thread: 1, times: 1);
        Hear(thread: 2, times: 1);
        Assert.True(_budget.Affords());

        Hear(thread: 3, times: 1);
        Assert.False(_budget.Affords());
        Assert.Equal(3, _budget.Threads);
    }

    [Fact]
    public void Allowance_that_was_used_up_is_awaited_until_it_is_whole()
    {
        Hear(thread: 7, times: 100);
        Assert.False(_budget.Affords());

        // 39 beyond what there was, and 100 to be saved up, at 100 a second.
        Pass(1_380);
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
