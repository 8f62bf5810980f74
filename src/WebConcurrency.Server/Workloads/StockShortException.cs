namespace WebConcurrency.Server.Workloads;

/// <summary>There is less of a product than an order wants; the first such product, by number.</summary>
internal sealed class StockShortException(int productId, int wanted, int available)
    : Exception($"Product {productId} is short: {wanted} wanted, {available} available.");
