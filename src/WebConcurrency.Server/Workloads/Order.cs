using System.Text.Json;
using System.Text.Json.Serialization;

namespace WebConcurrency.Server.Workloads;

/// <summary>An order as it was placed; it never changes.</summary>
/// <param name="Id">Its number.</param>
/// <param name="CustomerId">Who ordered.</param>
/// <param name="PlacedAt">When its transaction began, in UTC, by the database's clock.</param>
/// <param name="Total">The sum of its lines.</param>
/// <param name="Lines">By product.</param>
internal sealed record Order(
    long Id, int CustomerId, DateTime PlacedAt, [property: JsonConverter(typeof(MoneyJson))] decimal Total, IReadOnlyList<OrderLine> Lines)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The form in which it is answered, and kept with its key: a repeated request gets the same text.</summary>
    public JsonElement ToJson() => JsonSerializer.SerializeToElement(this, Options);
}
