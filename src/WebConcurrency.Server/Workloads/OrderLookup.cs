using System.Text.Json;
using WebConcurrency.Server.Waiting;

namespace WebConcurrency.Server.Workloads;

/// <summary>Reads one order with its lines.</summary>
internal static class OrderLookup
{
    /// <exception cref="UnknownOrderException">There is no such order.</exception>
    public static ValueTask<JsonElement> RunAsync(long id, IWaiting waiting, CancellationToken cancellationToken) =>
        waiting.UseAsync(session => ReadAsync(session, id), cancellationToken);

    private static async ValueTask<JsonElement> ReadAsync(ISession session, long id)
    {
        var heads = await session.QueryAsync<Head>("select customer_id as CustomerId, placed_at as PlacedAt, total from shop.orders where id = $1", id);
        if (heads is not [var head])
        {
            throw new UnknownOrderException(id);
        }

        // No transaction around the two: lines are committed with their order and never change.
        var lines = await session.QueryAsync<OrderLine>(
            "select product_id as ProductId, quantity, unit_price as UnitPrice from shop.order_lines where order_id = $1 order by product_id", id);
        return new Order(id, head.CustomerId, head.PlacedAt, head.Total, lines).ToJson();
    }

    private sealed record Head(int CustomerId, DateTime PlacedAt, decimal Total);
}
