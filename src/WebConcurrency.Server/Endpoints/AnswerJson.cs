using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace WebConcurrency.Server.Endpoints;

/// <summary>How answers are written.</summary>
internal static class AnswerJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,

        // Named, because descriptions may ask before anything has been written.
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };
}
