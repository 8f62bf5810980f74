using WebConcurrency.Lab.Comparing;
using WebConcurrency.Lab.Load;
using WebConcurrency.Lab.Tests.Running;

namespace WebConcurrency.Lab.Tests.Comparing;

public sealed class CellTests
{
    [Fact]
    public void Last_records_of_a_closed_loop_are_of_requests_among_fewer_and_fewer()
    {
        Assert.Equal(64, Comparison.Tail(new Level(64)));
        Assert.Equal(0, Comparison.Tail(new Level(256, Rate: 50)));
    }

    [Fact]
    public void Columns_explain_the_latency_beside_them()
    {
        Assert.Superset(new HashSet<string> { "arrival_ms", "wall_ms", "unexplained_ms" }, Cell.Columns.ToHashSet());
        Assert.Equal(ComparisonTable.Titles.Length, ComparisonTable.Row(new Cell("pool", new Level(1)), bound: null).Count);
    }

    [Fact]
    public void Cell_without_a_good_answer_says_so_and_one_with_some_does_not()
    {
        var refused = new Cell("pool", new Level(1));
        refused.Add(Loaded(0) with { Refused = new Dictionary<int, long> { [503] = 7 } }, [], null, null, 0);
        Assert.Equal("No request to /pool/x had a good answer: 7 × 503, 0 without an answer.", refused.FirstUseless);
        refused.Add(Loaded(1), [], null, null, 0);
        Assert.Null(refused.FirstUseless);
        Assert.Null(new Cell("pool", new Level(1)).FirstUseless);
    }

    private static LoadResult Loaded(long answered) => MadeUpLoad.Of("pool/x", 1, answered);
}
