using Microsoft.Extensions.Time.Testing;
using WebConcurrency.Outputs;

namespace WebConcurrency.Tests.Outputs;

public sealed class LineBudgetTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<long> _leftOut = [];

    [Fact]
    public void Lines_beyond_the_budget_are_refused_and_told_once_a_second()
    {
        using var budget = new LineBudget(_time, 3, _leftOut.Add);

        Assert.Equal([true, true, true, false, false], Enumerable.Range(0, 5).Select(_ => budget.TryTake()));
        Assert.Empty(_leftOut);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([2], _leftOut);
        Assert.True(budget.TryTake());
        Assert.Equal(2, budget.TotalRefused);
    }

    [Fact]
    public void Nothing_is_told_when_nothing_was_refused()
    {
        using var budget = new LineBudget(_time, 1, _leftOut.Add);
        for (var second = 0; second < 3; second++)
        {
            Assert.True(budget.TryTake());
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Empty(_leftOut);
    }
}
