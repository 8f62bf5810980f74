using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Waiting;

public sealed class BlockedByTests(TestPostgres postgres)
{
    [Fact]
    public async Task Requests_that_compute_under_the_lock_name_each_other_and_no_one_else()
    {
        await using var server = new TestServer(postgres);
        var alone = (await server.JsonAsync("/gil/cpu?ms=20")).GetProperty("id").GetInt64();
        Assert.False((await server.RecordAsync(alone)).TryGetProperty("blocked_by", out _));

        var pair = await Task.WhenAll(server.JsonAsync("/gil/cpu?ms=100"), server.JsonAsync("/gil/cpu?ms=100"));
        var ids = pair.Select(answer => answer.GetProperty("id").GetInt64()).ToList();
        foreach (var id in ids)
        {
            var record = await server.RecordAsync(id);
            Assert.True(record.GetProperty("gil_ms").GetDouble() > 0);
            Assert.Equal(ids.Where(other => other != id), record.GetProperty("blocked_by").EnumerateArray().Select(other => other.GetInt64()));
        }
    }
}
