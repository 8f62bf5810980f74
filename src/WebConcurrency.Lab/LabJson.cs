using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WebConcurrency.Lab;

/// <summary>Reports for machines: names as in the server's own JSON, and nothing for what was not measured.</summary>
internal static class LabJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static void Write(TextWriter output, object report) => output.WriteLine(JsonSerializer.Serialize(report, Options));

    /// <summary>To the thousandth; what is not a number is left out.</summary>
    public static double? Number(double value) => double.IsFinite(value) ? Math.Round(value, 3) : null;
}
