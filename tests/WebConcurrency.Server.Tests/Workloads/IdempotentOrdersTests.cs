using System.Net;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Workloads;

/// <summary>One key after another.</summary>
public sealed class IdempotentOrdersTests(TestPostgres postgres) : IAsyncLifetime
{
    private readonly string _key = Guid.NewGuid().ToString();
    private TestServer _server = null!;
    private TestShop _shop = null!;

    public ValueTask InitializeAsync()
    {
        _server = new TestServer(postgres);
        _shop = new TestShop(_server, postgres);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _shop.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Key_sent_again_gets_the_same_answer_under_any_strategy()
    {
        var first = await OrderAsync("thread", 1);
        foreach (var strategy in new[] { "thread", "serial", "async" })
        {
            Assert.Equal(first with { Replayed = true }, await OrderAsync(strategy, 1));
        }
    }

    [Fact]
    public async Task Key_sent_again_with_another_body_is_refused()
    {
        await OrderAsync("thread", 1);
        var before = await _shop.NumberAsync("select count(*) from shop.orders");
        foreach (var body in new[] { TestShop.Body(8, (71, 2)), TestShop.Body(8, (71, 1)) + " " })
        {
            using var answer = await _shop.SendAsync("thread", body, _key);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        }

        Assert.Equal(before, await _shop.NumberAsync("select count(*) from shop.orders"));
    }

    [Fact]
    public async Task Key_of_an_order_that_was_refused_is_free()
    {
        await _shop.StockAsync(71, 0);
        using var refused = await _shop.SendAsync("thread", TestShop.Body(8, (71, 1)), _key);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        await _shop.StockAsync(71, 100);
        Assert.False((await OrderAsync("thread", 1)).Replayed);
    }

    [Theory]
    [InlineData("23 hours 59 minutes", true)]
    [InlineData("24 hours", false)]
    public async Task Key_is_kept_for_a_day(string age, bool replayed)
    {
        var first = await OrderAsync("thread", 1);
        await _shop.ExecuteAsync($"update shop.idempotency_keys set created_at = now() - interval '{age}' where key = '{_key}'");

        // Older ones than a request removes: this one is still there when it is sent again.
        await AddExpiredAsync();
        var second = await OrderAsync("thread", 1);
        Assert.Equal(replayed, second.Replayed);
        Assert.Equal(replayed, first.Location == second.Location);
        Assert.Equal(second with { Replayed = true }, await OrderAsync("async", 1));
    }

    [Fact]
    public async Task Expired_keys_are_removed_a_hundred_at_a_time()
    {
        await AddExpiredAsync();
        const string Expired = "select count(*) from shop.idempotency_keys where created_at <= now() - interval '24 hours'";
        var before = await _shop.NumberAsync(Expired);
        await OrderAsync("thread", 1);
        Assert.Equal(before - 100, await _shop.NumberAsync(Expired));
        await _shop.ExecuteAsync("delete from shop.idempotency_keys where key like 'expired-%'");
    }

    private Task AddExpiredAsync() => _shop.ExecuteAsync(
        """
        insert into shop.idempotency_keys (key, body_sha256, created_at, answer)
        select 'expired-' || gen_random_uuid(), '', now() - interval '2 days', '{"id":1}' from generate_series(1, 150)
        """);

    private async Task<(string Result, string Location, bool Replayed)> OrderAsync(string strategy, int quantity)
    {
        using var answer = await _shop.SendAsync(strategy, TestShop.Body(8, (71, quantity)), _key);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var result = (await TestShop.JsonAsync(answer)).GetProperty("result").GetRawText();
        return (result, answer.Headers.Location!.ToString(), answer.Headers.Contains("Idempotency-Replayed"));
    }
}
