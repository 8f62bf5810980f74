using System.Text.Json.Serialization;

namespace WebConcurrency.Outputs.Events;

/// <summary>The stream's JSON, by the same rules as that of the other endpoints.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RecordEventJson))]
[JsonSerializable(typeof(HelloJson))]
[JsonSerializable(typeof(CountsJson))]
[JsonSerializable(typeof(LostJson))]
[JsonSerializable(typeof(BeatJson))]
internal sealed partial class EventJsonContext : JsonSerializerContext;
