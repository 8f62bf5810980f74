using System.Net;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Workloads;

/// <summary>Orders that meet: at the same product, with the same key, with the end of their request.</summary>
public sealed class ConcurrentOrdersTests(TestPostgres postgres)
{
    private const string Waiting = "wait_event_type = 'Lock'";

    [Theory]
    [InlineData("thread", 61)]
    [InlineData("async", 62)]
    public async Task Last_ten_units_are_sold_to_ten_of_fifty_at_once(string strategy, int product)
    {
        await using var server = new TestServer(postgres);
        await using var shop = new TestShop(server, postgres);
        await shop.StockAsync(product, 10);
        Task<HttpResponseMessage>[] orders;
        await using (await shop.HoldAsync(product))
        {
            orders = [.. Enumerable.Range(1, 50).Select(customer => shop.SendAsync(strategy, TestShop.Body(customer, (product, 1))))];
            await postgres.UntilAsync(Waiting, 50);
        }

        var statuses = (await Task.WhenAll(orders)).CountBy(answer => answer.StatusCode).ToDictionary();
        Assert.Equal(10, statuses[HttpStatusCode.Created]);
        Assert.Equal(40, statuses[HttpStatusCode.Conflict]);
        Assert.Equal(0, await shop.NumberAsync($"select stock from shop.products where id = {product}"));
        Assert.Equal(10, await shop.NumberAsync($"select count(*) from shop.order_lines where product_id = {product} and order_id > 1000"));
        await shop.AssertConsistentAsync();
    }

    [Theory]
    [InlineData("thread", 63)]
    [InlineData("async", 64)]
    public async Task Twenty_with_one_key_at_once_are_one_order_with_one_answer(string strategy, int product)
    {
        await using var server = new TestServer(postgres);
        await using var shop = new TestShop(server, postgres);
        var key = Guid.NewGuid().ToString();
        await shop.StockAsync(product, 100);
        Task<HttpResponseMessage>[] orders;
        await using (await shop.HoldAsync(product))
        {
            // One has the key and waits for the product, nineteen wait for the key.
            orders = [.. Enumerable.Range(0, 20).Select(_ => shop.SendAsync(strategy, TestShop.Body(9, (product, 2)), key))];
            await postgres.UntilAsync(Waiting, 20);
        }

        var results = new List<string>();
        var replayed = 0;
        foreach (var answer in await Task.WhenAll(orders))
        {
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            replayed += answer.Headers.Contains("Idempotency-Replayed") ? 1 : 0;
            results.Add((await TestShop.JsonAsync(answer)).GetProperty("result").GetRawText());
        }

        Assert.Equal(19, replayed);
        Assert.Single(results.Distinct());
        Assert.Equal(98, await shop.NumberAsync($"select stock from shop.products where id = {product}"));
        await shop.AssertConsistentAsync();
    }

    [Theory]
    [InlineData("thread", 65)]
    [InlineData("async", 66)]
    public async Task Client_that_leaves_an_order_half_done_leaves_nothing_of_it(string strategy, int product)
    {
        await using var server = new TestServer(postgres);
        await using var shop = new TestShop(server, postgres);
        var key = Guid.NewGuid().ToString();
        await shop.StockAsync(product, 100);
        await using (await shop.HoldAsync(product))
        {
            using var leave = new CancellationTokenSource();
            var order = shop.SendAsync(strategy, TestShop.Body(9, (product, 2)), key, cancellationToken: leave.Token);
            await postgres.UntilAsync(Waiting, 1);
            await leave.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => order);
            await postgres.UntilAsync(Waiting, 0);
            await server.UntilSummaryAsync("leftover", 0);
        }

        await AssertUntouchedAsync(shop, product, key);
        using var again = await shop.SendAsync(strategy, TestShop.Body(9, (product, 2)), key);
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        Assert.False(again.Headers.Contains("Idempotency-Replayed"));
    }

    [Theory]
    [InlineData("thread", 67)]
    [InlineData("async", 68)]
    public async Task Connection_that_breaks_in_an_order_leaves_nothing_of_it(string strategy, int product)
    {
        await using var server = new TestServer(postgres);
        await using var shop = new TestShop(server, postgres);
        var key = Guid.NewGuid().ToString();
        await shop.StockAsync(product, 100);
        await using (await shop.HoldAsync(product))
        {
            var order = shop.SendAsync(strategy, TestShop.Body(9, (product, 2)), key);
            await postgres.UntilAsync(Waiting, 1);
            await postgres.ExecuteAsync($"select pg_terminate_backend(pid) from pg_stat_activity where {Waiting}");
            using var answer = await order;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }

        await AssertUntouchedAsync(shop, product, key);
    }

    [Theory]
    [InlineData("thread", 69)]
    [InlineData("async", 70)]
    public async Task Orders_abandoned_at_any_moment_are_whole_or_not_there_and_never_doubled(string strategy, int product)
    {
        await using var server = new TestServer(postgres);
        await using var shop = new TestShop(server, postgres);
        await shop.StockAsync(product, 1_000);
        var run = Guid.NewGuid().ToString();
        for (var round = 0; round < 100; round++)
        {
            using var leave = new CancellationTokenSource();
            var order = shop.SendAsync(strategy, TestShop.Body(9, (product, 1)), $"{run}-{round}", cancellationToken: leave.Token);
            Thread.SpinWait(round * 2_000);
            await leave.CancelAsync();
            try
            {
                (await order).Dispose();
            }
            catch (OperationCanceledException)
            {
            }

            // Whatever became of the first, the client that asks again has one order.
            using var again = await shop.SendAsync(strategy, TestShop.Body(9, (product, 1)), $"{run}-{round}");
            Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        }

        await server.UntilSummaryAsync("leftover", 0);
        Assert.Equal(900, await shop.NumberAsync($"select stock from shop.products where id = {product}"));
        await shop.AssertConsistentAsync();
    }

    private static async Task AssertUntouchedAsync(TestShop shop, int product, string key)
    {
        Assert.Equal(100, await shop.NumberAsync($"select stock from shop.products where id = {product}"));
        Assert.Equal(0, await shop.NumberAsync($"select count(*) from shop.order_lines where product_id = {product} and order_id > 1000"));
        Assert.Equal(0, await shop.NumberAsync($"select count(*) from shop.idempotency_keys where key = '{key}'"));
        await shop.AssertConsistentAsync();
    }
}
