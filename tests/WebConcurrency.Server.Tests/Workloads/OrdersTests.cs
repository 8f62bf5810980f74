using System.Globalization;
using System.Net;
using System.Text.Json;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Workloads;

public sealed class OrdersTests(TestPostgres postgres)
{
    [Theory]
    [InlineData("thread")]
    [InlineData("serial")]
    [InlineData("async")]
    public async Task Order_is_placed_takes_its_stock_and_can_be_read(string strategy)
    {
        await using var server = new TestServer(postgres);
        await using var shop = new TestShop(server, postgres);
        await shop.StockAsync(31, 50);
        await shop.StockAsync(32, 50);
        await shop.ExecuteAsync("update shop.products set price = 12.50 where id = 31; update shop.products set price = 0.10 where id = 32");

        using var answer = await shop.SendAsync(strategy, TestShop.Body(3, (32, 3), (31, 2)));
        var placed = await TestShop.JsonAsync(answer);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Contains("db;dur=", answer.Headers.GetValues("Server-Timing").Single(), StringComparison.Ordinal);
        Assert.Equal(strategy, placed.GetProperty("strategy").GetString());
        Assert.Equal("orders", placed.GetProperty("workload").GetString());
        var order = placed.GetProperty("result");
        Assert.Equal(3, order.GetProperty("customer_id").GetInt32());
        Assert.Equal("25.30", order.GetProperty("total").GetString());
        Assert.Equal(
            """[{"product_id":31,"quantity":2,"unit_price":"12.50"},{"product_id":32,"quantity":3,"unit_price":"0.10"}]""",
            order.GetProperty("lines").GetRawText());
        Assert.Equal(48, await shop.NumberAsync("select stock from shop.products where id = 31"));
        Assert.Equal(47, await shop.NumberAsync("select stock from shop.products where id = 32"));

        Assert.Equal($"/orders/{order.GetProperty("id")}", answer.Headers.Location!.ToString());
        foreach (var path in new[] { answer.Headers.Location.ToString(), $"/{strategy}{answer.Headers.Location}" })
        {
            Assert.Equal(order.GetRawText(), (await server.JsonAsync(path)).GetProperty("result").GetRawText());
        }

        var record = await server.RecordAsync(placed.GetProperty("id").GetInt64());
        Assert.Equal("/{strategy}/orders", record.GetProperty("route").GetString());
        await shop.AssertConsistentAsync();
    }

    [Fact]
    public async Task Price_that_changes_leaves_earlier_orders_as_they_were()
    {
        await using var server = new TestServer(postgres);
        await using var shop = new TestShop(server, postgres);
        using var answer = await shop.SendAsync("thread", TestShop.Body(1, (33, 1)));
        var order = (await TestShop.JsonAsync(answer)).GetProperty("result").GetRawText();
        await shop.ExecuteAsync("update shop.products set price = price + 1 where id = 33");
        Assert.Equal(order, (await server.JsonAsync(answer.Headers.Location!.ToString())).GetProperty("result").GetRawText());
    }

    [Fact]
    public async Task Seeded_shop_is_consistent_and_has_orders_to_read()
    {
        await using var server = new TestServer(postgres);
        await using var shop = new TestShop(server, postgres);
        await shop.AssertConsistentAsync();
        foreach (var table in new[] { "customers", "products", "orders" })
        {
            Assert.True(await shop.NumberAsync($"select count(*) from shop.{table}") >= 1_000, table);
        }

        Assert.Equal(1, (await server.JsonAsync("/orders/1")).GetProperty("result").GetProperty("customer_id").GetInt32());
    }

    [Fact]
    public async Task Start_warms_the_shop_up_and_changes_nothing_in_it()
    {
        await using var first = new TestServer(postgres);
        await using var shop = new TestShop(first, postgres);
        string[] state =
        [
            "select last_value from shop.orders_id_seq", "select count(*) from shop.orders", "select sum(stock) from shop.products",
            "select count(*) from shop.idempotency_keys",
        ];
        var before = await Task.WhenAll(state.Select(shop.NumberAsync));
        await using var second = new TestServer(postgres);
        Assert.Equal(before, await Task.WhenAll(state.Select(shop.NumberAsync)));

        // A key that was kept would have hidden the second order.
        Assert.Equal(0, await shop.NumberAsync("select count(*) from shop.idempotency_keys where key = 'warm up'"));
    }

    [Fact]
    public async Task Random_orders_at_once_leave_every_stock_what_it_was_less_what_was_sold()
    {
        await using var server = new TestServer(postgres);
        await using var shop = new TestShop(server, postgres);
        const int First = 201, Count = 6, Units = 60;
        for (var product = First; product < First + Count; product++)
        {
            await shop.StockAsync(product, Units);
        }

        // Lines in any order: two orders that took their locks in the order given would wait for each other.
        var random = new Random(20_240);
        var bodies = Enumerable.Range(0, 200).Select(_ => TestShop.Body(
            random.Next(1, 1_001),
            [.. Enumerable.Range(First, Count).OrderBy(_ => random.Next()).Take(random.Next(1, Count + 1)).Select(product => (product, random.Next(1, 4)))])).ToArray();
        var answers = await Task.WhenAll(bodies.Select((body, i) => shop.SendAsync(i % 2 == 0 ? "thread" : "async", body)));

        var sold = new int[Count];
        var refused = 0;
        foreach (var answer in answers)
        {
            using (answer)
            {
                Assert.True(answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict, $"{(int)answer.StatusCode}");
                refused += answer.StatusCode == HttpStatusCode.Conflict ? 1 : 0;
                foreach (var line in answer.StatusCode == HttpStatusCode.Created ? Lines(await TestShop.JsonAsync(answer)) : default)
                {
                    sold[line.GetProperty("product_id").GetInt32() - First] += line.GetProperty("quantity").GetInt32();
                }
            }
        }

        Assert.InRange(refused, 1, 199);
        for (var i = 0; i < Count; i++)
        {
            Assert.Equal(Units - sold[i], await shop.NumberAsync(string.Create(CultureInfo.InvariantCulture, $"select stock from shop.products where id = {First + i}")));
        }

        await shop.AssertConsistentAsync();
    }

    private static JsonElement.ArrayEnumerator Lines(JsonElement answer) => answer.GetProperty("result").GetProperty("lines").EnumerateArray();
}
