using WebConcurrency.Server.Waiting;

namespace WebConcurrency.Server.Workloads;

/// <summary>
/// Places an order: its lines, what they take from the stock, and the answer kept with its key are one transaction. Whatever ends it early,
/// an exception or a lost connection, undoes it all; a refused order leaves its key unused.
/// </summary>
internal static class OrderPlacement
{
    /// <exception cref="BadOrderException">The customer or a product does not exist.</exception>
    /// <exception cref="StockShortException">There is less of a product than is wanted.</exception>
    /// <exception cref="KeyReusedException">The key belongs to another order.</exception>
    public static ValueTask<PlacedOrder> RunAsync(NewOrder order, IdempotencyKey? key, IWaiting waiting, CancellationToken cancellationToken) =>
        waiting.UseAsync(session => PlaceAsync(session, order, key), cancellationToken);

    private static async ValueTask<PlacedOrder> PlaceAsync(ISession session, NewOrder order, IdempotencyKey? key)
    {
        if (key is not null)
        {
            // Outside the transaction: inside it, the removed keys of one would make another wait that this one may wait for.
            await IdempotencyKeys.RemoveExpiredAsync(session);
        }

        // Locks are taken in one order, the key and then the products by number, so that no two transactions wait for each other.
        await session.BeginAsync();
        if (key is not null && await IdempotencyKeys.TakeAsync(session, key) is { } earlier)
        {
            return new PlacedOrder(earlier, Replayed: true);
        }

        var answer = (await TakeStockAsync(session, order)).ToJson();
        if (key is not null)
        {
            await IdempotencyKeys.KeepAsync(session, key, answer);
        }

        await session.CommitAsync();
        return new PlacedOrder(answer, Replayed: false);
    }

    private static async ValueTask<Order> TakeStockAsync(ISession session, NewOrder order)
    {
        var wanted = order.Lines.Sort(static (one, other) => one.ProductId.CompareTo(other.ProductId));
        var ids = wanted.Select(line => line.ProductId).ToArray();
        var quantities = wanted.Select(line => line.Quantity).ToArray();

        // "No key": the order lines' foreign keys, here and in other transactions, may still look at the rows.
        var products = await session.QueryAsync<Product>(
            "select id, price, stock from shop.products where id = any($1) order by id for no key update", ids);
        if (products.Count < ids.Length)
        {
            throw UnknownProduct(order, products);
        }

        var lines = wanted.Zip(products, (line, product) => new OrderLine(line.ProductId, line.Quantity, product.Price)).ToArray();
        var total = lines.Sum(line => line.Quantity * line.UnitPrice);
        var heads = await session.QueryAsync<Head>(
            "insert into shop.orders (customer_id, total) select id, $2 from shop.customers where id = $1 returning id, placed_at as PlacedAt",
            order.CustomerId,
            total);
        if (heads is not [var head])
        {
            throw new BadOrderException("customer_id", $"is {order.CustomerId}, and there is no such customer", $"a customer's number (the shop opens with 1 to {NewOrder.Customers})");
        }

        if (wanted.Zip(products).FirstOrDefault(pair => pair.First.Quantity > pair.Second.Stock) is ({ } line, { } product))
        {
            throw new StockShortException(line.ProductId, line.Quantity, product.Stock);
        }

        await session.ExecuteAsync(
            "update shop.products set stock = stock - quantity from unnest($1, $2) as taken (product_id, quantity) where id = product_id",
            ids,
            quantities);
        await session.ExecuteAsync(
            """
            insert into shop.order_lines (order_id, product_id, quantity, unit_price)
            select $1, product_id, quantity, unit_price from unnest($2, $3, $4) as line (product_id, quantity, unit_price)
            """,
            head.Id,
            ids,
            quantities,
            lines.Select(line => line.UnitPrice).ToArray());
        return new Order(head.Id, order.CustomerId, head.PlacedAt, total, lines);
    }

    private static BadOrderException UnknownProduct(NewOrder order, IReadOnlyList<Product> products)
    {
        var known = products.Select(product => product.Id).ToHashSet();
        var line = order.Lines.First(line => !known.Contains(line.ProductId));
        return new BadOrderException(
            $"lines[{order.Lines.IndexOf(line)}].product_id",
            $"is {line.ProductId}, and there is no such product",
            $"a product's number (the shop opens with 1 to {NewOrder.Products})");
    }

    private sealed record Product(int Id, decimal Price, int Stock);

    private sealed record Head(long Id, DateTime PlacedAt);
}
