using System.Text.Json;

namespace WebConcurrency.Lab.Servers;

/// <summary>Fields of what a server says that cannot be done without: one that lacks them is another version, or another server.</summary>
internal static class JsonFields
{
    /// <param name="of">Where it is looked for.</param>
    /// <param name="name">The field.</param>
    /// <param name="what">What that is, in words.</param>
    /// <exception cref="ServerException">It is not there.</exception>
    public static double Number(JsonElement of, string name, string what) =>
        Find(of, name) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : throw Missing(name, what, "number");

    /// <inheritdoc cref="Number"/>
    public static string Text(JsonElement of, string name, string what) =>
        Find(of, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw Missing(name, what, "text");

    /// <inheritdoc cref="Number"/>
    public static IReadOnlyList<JsonElement> List(JsonElement of, string name, string what) =>
        Find(of, name) is { ValueKind: JsonValueKind.Array } value ? [.. value.EnumerateArray()] : throw Missing(name, what, "list");

    private static JsonElement? Find(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) ? value : null;

    private static ServerException Missing(string name, string what, string kind) => new($"Of the server a {what} has no {kind} '{name}': it is another version.");
}
