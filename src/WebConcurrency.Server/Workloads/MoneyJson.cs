using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WebConcurrency.Server.Workloads;

/// <summary>Money as text with two decimals: a JSON number is a float to most who read it.</summary>
internal sealed class MoneyJson : JsonConverter<decimal>
{
    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Money is written, never read: prices are the database's.");

    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString("0.00", CultureInfo.InvariantCulture));
}
