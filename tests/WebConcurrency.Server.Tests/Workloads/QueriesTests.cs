using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Workloads;

public sealed class QueriesTests(TestPostgres postgres)
{
    [Theory]
    [InlineData("thread")]
    [InlineData("serial")]
    [InlineData("async")]
    public async Task Queries_are_as_many_as_asked_for_one_after_the_other_on_one_connection(string strategy)
    {
        // With one connection, a query that took another one would wait for itself.
        await using var server = new TestServer(postgres, null, ("Postgres:Connections", "1"), ("Postgres:ConnectionWait", "00:00:01"));
        foreach (var (query, count) in new[] { ("", 20), ("?count=1", 1), ("?count=500", 500) })
        {
            var answer = await server.JsonAsync($"/{strategy}/queries{query}");
            Assert.Equal("queries", answer.GetProperty("workload").GetString());
            var rows = answer.GetProperty("result");
            Assert.Equal(count, rows.GetArrayLength());
            Assert.All(rows.EnumerateArray(), row =>
            {
                Assert.InRange(row.GetProperty("id").GetInt32(), 1, 10_000);
                Assert.InRange(row.GetProperty("random_number").GetInt32(), 1, 10_000);
            });

            if (count == 20)
            {
                var record = await server.RecordAsync(answer.GetProperty("id").GetInt64());
                Assert.Equal(20, record.GetProperty("phases").EnumerateArray().Count(phase => phase.GetProperty("kind").GetString() == "db"));
            }
        }
    }
}
