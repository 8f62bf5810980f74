using System.Text.Json;

namespace WebConcurrency.Server.Workloads;

/// <summary>What came of placing an order.</summary>
/// <param name="Order">The order.</param>
/// <param name="Replayed">It was placed by an earlier request with the same key.</param>
internal sealed record PlacedOrder(JsonElement Order, bool Replayed)
{
    public long Id => Order.GetProperty("id").GetInt64();
}
