using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using WebConcurrency.Server.Endpoints;
using WebConcurrency.Server.Tests.Running;
using WebConcurrency.Server.Workloads;

namespace WebConcurrency.Server.Tests.Workloads;

public sealed class BadOrdersTests(TestPostgres postgres) : IAsyncLifetime
{
    private TestServer _server = null!;
    private TestShop _shop = null!;

    public static TheoryData<string, string, string> BadBodies => new()
    {
        { "", "The body", "customer_id and lines" },
        { "{", "The body", "customer_id and lines" },
        { "null", "The body", "customer_id and lines" },
        { "[]", "The body", "customer_id and lines" },
        { """{"customer_id":1,"lines":[{"product_id":1,"quantity":1}]} x""", "The body", "customer_id and lines" },
        { """{"customer_id":1,"customer_id":2,"lines":[{"product_id":1,"quantity":1}]}""", "The body", "customer_id and lines" },
        { """{"lines":[{"product_id":1,"quantity":1}]}""", "customer_id", "from 1 to 2147483647" },
        { """{"customer_id":"1","lines":[{"product_id":1,"quantity":1}]}""", "customer_id", "from 1 to 2147483647" },
        { """{"customer_id":1.5,"lines":[{"product_id":1,"quantity":1}]}""", "customer_id", "from 1 to 2147483647" },
        { """{"customer_id":null,"lines":[{"product_id":1,"quantity":1}]}""", "customer_id", "from 1 to 2147483647" },
        { """{"customer_id":0,"lines":[{"product_id":1,"quantity":1}]}""", "customer_id", "from 1 to 2147483647" },
        { """{"customer_id":2147483648,"lines":[{"product_id":1,"quantity":1}]}""", "customer_id", "from 1 to 2147483647" },
        { """{"customer_id":1001,"lines":[{"product_id":1,"quantity":1}]}""", "customer_id", "1 to 1000" },
        { """{"customer_id":1}""", "lines", "1 to 100" },
        { """{"customer_id":1,"lines":{}}""", "lines", "1 to 100" },
        { """{"customer_id":1,"lines":[]}""", "lines", "1 to 100" },
        { TestShop.Body(1, [.. Enumerable.Range(1, 101).Select(product => (product, 1))]), "lines has 101", "1 to 100" },
        { """{"customer_id":1,"lines":[1]}""", "lines[0]", "product_id and quantity" },
        { """{"customer_id":1,"lines":[{"product_id":1,"quantity":1},{"quantity":1}]}""", "lines[1].product_id", "from 1 to 2147483647" },
        { """{"customer_id":1,"lines":[{"product_id":[],"quantity":1}]}""", "lines[0].product_id", "from 1 to 2147483647" },
        { TestShop.Body(1, (1, 1), (1001, 1)), "lines[1].product_id", "1 to 1000" },
        { TestShop.Body(1, (5, 1), (6, 1), (5, 2)), "lines[2].product_id", "lines[0].product_id" },
        { """{"customer_id":1,"lines":[{"product_id":1}]}""", "lines[0].quantity", "from 1 to 1000" },
        { TestShop.Body(1, (1, 0)), "lines[0].quantity", "from 1 to 1000" },
        { TestShop.Body(1, (1, -1)), "lines[0].quantity", "from 1 to 1000" },
        { TestShop.Body(1, (1, 1001)), "lines[0].quantity", "from 1 to 1000" },
        { """{"customer_id":1,"lines":[{"product_id":1,"quantity":true}]}""", "lines[0].quantity", "from 1 to 1000" },
        { """{"customer_id":1,"lines":[{"product_id":1,"quantity":1e9}]}""", "lines[0].quantity", "from 1 to 1000" },
    };

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

    [Theory]
    [MemberData(nameof(BadBodies))]
    public async Task Bad_bodies_are_refused_with_the_field_and_its_bounds(string body, string field, string bounds)
    {
        var before = await _shop.NumberAsync("select count(*) from shop.orders");
        foreach (var strategy in new[] { "thread", "async" })
        {
            using var answer = await _shop.SendAsync(strategy, body);
            var detail = await DetailAsync(answer, HttpStatusCode.BadRequest);
            Assert.StartsWith(field + " ", detail, StringComparison.Ordinal);
            Assert.Contains(bounds, detail, StringComparison.Ordinal);
        }

        Assert.Equal(before, await _shop.NumberAsync("select count(*) from shop.orders"));
    }

    [Fact]
    public async Task Order_at_the_bounds_is_placed()
    {
        await _shop.ExecuteAsync("update shop.products set stock_initial = stock_initial + 1000, stock = stock + 1000 where id between 401 and 500");
        using var answer = await _shop.SendAsync("thread", TestShop.Body(1_000, [.. Enumerable.Range(401, 100).Select(product => (product, 1_000))]));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("0123456789", 201)]
    public async Task Bad_keys_are_refused_with_their_bounds(string key, int? length = null)
    {
        var sent = length is { } count ? new string('k', count) : key;
        using var answer = await _shop.SendAsync("thread", TestShop.Body(1, (1, 1)), sent);
        var detail = await DetailAsync(answer, HttpStatusCode.BadRequest);
        Assert.StartsWith("Idempotency-Key ", detail, StringComparison.Ordinal);
        Assert.Contains("1 to 200 visible ASCII", detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_that_a_client_library_would_not_send_are_refused()
    {
        foreach (var given in new StringValues[] { "schlüssel", "a\tb", "\u007f", new(["a", "b"]) })
        {
            Assert.Throws<BadOrderException>(() => IdempotencyHeader.Read(new HeaderDictionary { ["Idempotency-Key"] = given }));
        }

        var longest = new string('~', 200);
        Assert.Equal(longest, IdempotencyHeader.Read(new HeaderDictionary { ["Idempotency-Key"] = longest }));
    }

    [Theory]
    [InlineData("orders/0", HttpStatusCode.BadRequest, "id is not")]
    [InlineData("orders/x", HttpStatusCode.BadRequest, "from 1 to 9223372036854775807")]
    [InlineData("orders/9223372036854775808", HttpStatusCode.BadRequest, "from 1 to 9223372036854775807")]
    [InlineData("orders/9223372036854775807", HttpStatusCode.NotFound, "no order 9223372036854775807")]
    [InlineData("async/orders/9223372036854775807", HttpStatusCode.NotFound, "no order 9223372036854775807")]
    [InlineData("nobody/orders/1", HttpStatusCode.NotFound, "Strategies: thread")]
    public async Task Order_that_there_is_not_is_not_found(string path, HttpStatusCode status, string detail)
    {
        using var answer = await _server.GetAsync($"/{path}");
        Assert.Contains(detail, await DetailAsync(answer, status), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("thread")]
    [InlineData("serial")]
    [InlineData("async")]
    public async Task Stock_that_is_short_is_a_conflict_and_nothing_is_taken(string strategy)
    {
        await _shop.StockAsync(51, 5);
        await _shop.StockAsync(52, 3);
        using var answer = await _shop.SendAsync(strategy, TestShop.Body(1, (51, 5), (52, 4)));
        Assert.Equal("Product 52 is short: 4 wanted, 3 available.", await DetailAsync(answer, HttpStatusCode.Conflict));
        Assert.Equal(5, await _shop.NumberAsync("select stock from shop.products where id = 51"));
        await _shop.AssertConsistentAsync();
    }

    [Theory]
    [InlineData(64 * 1024, HttpStatusCode.Created)]
    [InlineData(64 * 1024 + 1, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(1024 * 1024, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Body_over_the_limit_is_refused(int bytes, HttpStatusCode status)
    {
        using var answer = await _shop.SendAsync("thread", TestShop.Body(1, (53, 1)).PadRight(bytes));
        Assert.Equal(status, answer.StatusCode);
        if (status != HttpStatusCode.Created)
        {
            Assert.Contains("65536 bytes", await DetailAsync(answer, status), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Body_of_unknown_length_over_the_limit_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/orders") { Content = new StringContent(new string(' ', 65_537), null, "application/json") };
        request.Headers.TransferEncodingChunked = true;
        using var answer = await _server.Client.SendAsync(request, TestContext.Current.CancellationToken);
        await DetailAsync(answer, HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    public async Task Body_that_is_not_called_json_is_refused(string? contentType)
    {
        using var answer = await _shop.SendAsync("thread", TestShop.Body(1, (1, 1)), contentType: contentType);
        Assert.Contains("application/json", await DetailAsync(answer, HttpStatusCode.UnsupportedMediaType), StringComparison.Ordinal);
    }

    private static async Task<string> DetailAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return (await TestShop.JsonAsync(answer)).GetProperty("detail").GetString()!;
    }
}
