namespace WebConcurrency.Server.Workloads;

/// <summary>So many of one product.</summary>
internal sealed record NewOrderLine(int ProductId, int Quantity);
