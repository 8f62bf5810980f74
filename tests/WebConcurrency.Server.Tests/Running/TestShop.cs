using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Npgsql;

namespace WebConcurrency.Server.Tests.Running;

/// <summary>The shop as its customers see it, and as its database has it.</summary>
internal sealed class TestShop(TestServer server, TestPostgres postgres) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create(postgres.ConnectionString);

    public static string Body(int customer, params (int Product, int Quantity)[] lines) => JsonSerializer.Serialize(
        new { customer_id = customer, lines = lines.Select(line => new { product_id = line.Product, quantity = line.Quantity }) });

    public async Task<HttpResponseMessage> SendAsync(
        string strategy, string body, string? key = null, string? contentType = "application/json", CancellationToken? cancellationToken = null)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/{strategy}/orders") { Content = content };
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        return await server.Client.SendAsync(request, cancellationToken ?? TestContext.Current.CancellationToken);
    }

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) =>
        await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);

    /// <summary>Leaves so many of a product.</summary>
    public Task StockAsync(int product, int units) =>
        ExecuteAsync($"update shop.products set stock_initial = stock_initial - stock + {units}, stock = {units} where id = {product}");

    public async Task ExecuteAsync(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public async Task<long> NumberAsync(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken), null);
    }

    /// <summary>Keeps everybody from a product until the transaction is disposed of.</summary>
    public async Task<NpgsqlTransaction> HoldAsync(int product)
    {
        var connection = await _database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand($"select from shop.products where id = {product} for update", connection, transaction);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return transaction;
    }

    /// <summary>What must be true of the tables at all times.</summary>
    public async Task AssertConsistentAsync()
    {
        Assert.Equal(0, await NumberAsync(
            """
            select count(*) from shop.products
            where stock_initial - stock <> (select coalesce(sum(quantity), 0) from shop.order_lines where product_id = id)
            """));
        Assert.Equal(0, await NumberAsync(
            """
            select count(*) from shop.orders
            where total is distinct from (select sum(quantity * unit_price) from shop.order_lines where order_id = id)
            """));
        Assert.Equal(0, await NumberAsync(
            """
            select count(*) from shop.idempotency_keys
            where answer is null or not exists (select from shop.orders where id = (answer::json ->> 'id')::bigint)
            """));
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
