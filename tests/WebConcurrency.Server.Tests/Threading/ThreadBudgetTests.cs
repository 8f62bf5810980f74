using WebConcurrency.Server.Threading;

namespace WebConcurrency.Server.Tests.Threading;

public sealed class ThreadBudgetTests
{
    [Theory]
    [InlineData(60_000L, true)]
    [InlineData(60_000L, false)]
    [InlineData(null, true)]
    [InlineData(null, false)]
    public void Where_there_are_plenty_every_strategy_gets_what_it_wants(long? left, bool ownCluster)
    {
        var budget = new ThreadBudget(left, ownCluster, 200);
        Assert.Equal((200, 200, 200, 200), (budget.Each, budget.Pool, budget.ThreadPool, budget.Workers));
        Assert.True(budget.Shared.Permits >= 600);
        Assert.True(budget.Connections >= 300);
        Assert.False(budget.IsTight);
    }

    [Theory]
    [InlineData(1_500, true, 200)]
    [InlineData(700, true, 175)]
    [InlineData(700, false, 175)]
    [InlineData(700, false, 10_000)]
    [InlineData(106, true, 26)]
    [InlineData(106, true, 200)]
    [InlineData(60, true, 15)]
    public void All_that_is_given_out_together_is_no_more_than_the_system_gives(int left, bool ownCluster, int each)
    {
        var budget = new ThreadBudget(left, ownCluster, each);
        var cluster = ownCluster ? ThreadBudget.ClusterProcesses + budget.Connections : 0;
        var shared = Math.Min(budget.Shared.Permits, 3 * budget.Each);
        Assert.InRange(ThreadBudget.Reserve + cluster + budget.Pool + budget.ThreadPool + shared, 1, left);
        Assert.InRange(budget.Each, 1, each);
        Assert.Equal(Math.Min(each, budget.Shared.Permits - 1), budget.Workers);
    }

    [Fact]
    public void Figures_of_a_limit_of_120()
    {
        // 14 threads ran when the budget was made. Less the reserve and the cluster's own processes, half for connections; of the other half a quarter each is set aside.
        var budget = new ThreadBudget(ThreadBudget.Reserve + ThreadBudget.ClusterProcesses + 60, ownCluster: true, 26);
        Assert.Equal((30, 7, 7, 16, 16, 15), (budget.Connections, budget.Pool, budget.ThreadPool, budget.Shared.Permits, budget.Each, budget.Workers));
        Assert.True(budget.IsTight);
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(-20L)]
    [InlineData(45L)]
    public void Where_there_is_nothing_left_each_still_gets_one(long left)
    {
        var budget = new ThreadBudget(left, ownCluster: true, 1);
        Assert.Equal((1, 1, 1, 1, 2, 1), (budget.Connections, budget.Pool, budget.ThreadPool, budget.Each, budget.Shared.Permits, budget.Workers));
    }
}
