using System.Text.Json.Serialization;

namespace WebConcurrency.Outputs;

/// <summary>JSON as http.md has it, independent of the application's own serializer settings.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RecordJson[]))]
[JsonSerializable(typeof(RecordDetailJson))]
[JsonSerializable(typeof(SummaryJson))]
internal sealed partial class ConcurrencyJsonContext : JsonSerializerContext;
