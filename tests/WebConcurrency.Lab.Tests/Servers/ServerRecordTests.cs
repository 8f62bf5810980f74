using System.Text.Json;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Tests.Servers;

public sealed class ServerRecordTests
{
    [Fact]
    public void Column_that_is_not_there_is_no_zero()
    {
        var record = Of("""{ "wall_ms": 5, "db_ms": 0, "switches": { "involuntary": 3 }, "strategy": "thread" }""");
        Assert.Equal(5, record["wall_ms"]);
        Assert.Equal(0, record["db_ms"]);
        Assert.Equal(3, record["switches.involuntary"]);
        Assert.Null(record["switches.voluntary"]);
        Assert.Null(record["wall_ms.part"]);
        Assert.Null(record["cpu_ms"]);
        Assert.Null(record["strategy"]);
        Assert.Empty(record.BlockedBy);
    }

    [Fact]
    public void Sum_is_that_of_the_columns_that_exclude_each_other()
    {
        var record = Of("""{ "wall_ms": 11, "queue_ms": 1, "db_ms": 2, "cpu_ms": 3, "lock_ms": 5, "unexplained_ms": -0.5, "wait_ms": 8, "covered_ms": 2, "arrival_ms": 4 }""");
        Assert.Equal(10.5, record.Sum);
        Assert.Null(Of("""{ "wall_ms": 11, "db_ms": 2, "work_ms": 9 }""").Sum);
    }

    [Fact]
    public void Blockers_are_read() => Assert.Equal([7, 9], Of("""{ "blocked_by": [7, 9] }""").BlockedBy);

    private static ServerRecord Of(string json) => new(JsonDocument.Parse(json).RootElement);
}
