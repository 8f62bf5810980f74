using System.Collections.Immutable;
using System.Text.Json;
using WebConcurrency.Server.Workloads;

namespace WebConcurrency.Server.Endpoints;

/// <summary>Reads an order from a body. A property that no order has is ignored.</summary>
internal static class OrderBody
{
    // Of two properties of one name one would win: whoever checked the order before may have read the other.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <exception cref="BadOrderException">It is not an order, or a field is out of its bounds.</exception>
    public static NewOrder Parse(ReadOnlyMemory<byte> body)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body, Strict);
        }
        catch (JsonException)
        {
            throw NotAnOrder("is not JSON that can be read, or names a property twice");
        }

        using (document)
        {
            var order = document.RootElement;
            return order.ValueKind == JsonValueKind.Object
                ? new NewOrder(Number(order, "customer_id", "", int.MaxValue), Lines(order))
                : throw NotAnOrder("is not a JSON object");
        }
    }

    private static ImmutableArray<NewOrderLine> Lines(JsonElement order)
    {
        if (!order.TryGetProperty("lines", out var given) || given.ValueKind != JsonValueKind.Array)
        {
            throw BadLines("is not an array");
        }

        var count = given.GetArrayLength();
        if (count is 0 or > NewOrder.MostLines)
        {
            throw BadLines($"has {count} elements");
        }

        var lines = ImmutableArray.CreateBuilder<NewOrderLine>(count);
        var seen = new Dictionary<int, int>(count);
        foreach (var element in given.EnumerateArray())
        {
            var name = $"lines[{lines.Count}]";
            if (element.ValueKind != JsonValueKind.Object)
            {
                throw new BadOrderException(name, "is not an object", "one with product_id and quantity");
            }

            var line = new NewOrderLine(
                Number(element, "product_id", $"{name}.", int.MaxValue), Number(element, "quantity", $"{name}.", NewOrder.MostQuantity));
            if (!seen.TryAdd(line.ProductId, lines.Count))
            {
                throw new BadOrderException(
                    $"{name}.product_id", $"is {line.ProductId}, as is lines[{seen[line.ProductId]}].product_id", "another one: a product has one line");
            }

            lines.Add(line);
        }

        return lines.MoveToImmutable();
    }

    private static int Number(JsonElement parent, string name, string prefix, int most)
    {
        var fault = !parent.TryGetProperty(name, out var given) ? "is missing"
            : given.ValueKind != JsonValueKind.Number ? "is not a number"
            : !given.TryGetInt64(out var value) ? "is not a whole number that can be read"
            : value < 1 || value > most ? $"is {value}"
            : null;
        return fault is null ? given.GetInt32() : throw new BadOrderException(prefix + name, fault, $"a whole number from 1 to {most}");
    }

    private static BadOrderException BadLines(string fault) => new("lines", fault, $"an array of 1 to {NewOrder.MostLines} lines");

    private static BadOrderException NotAnOrder(string fault) => new("The body", fault, "an object with customer_id and lines");
}
