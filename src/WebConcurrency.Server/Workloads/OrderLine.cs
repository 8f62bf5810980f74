using System.Text.Json.Serialization;

namespace WebConcurrency.Server.Workloads;

/// <summary>What was ordered of one product, at the price of that moment.</summary>
internal sealed record OrderLine(int ProductId, int Quantity, [property: JsonConverter(typeof(MoneyJson))] decimal UnitPrice);
