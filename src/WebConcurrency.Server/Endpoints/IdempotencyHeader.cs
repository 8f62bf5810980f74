using WebConcurrency.Server.Workloads;

namespace WebConcurrency.Server.Endpoints;

/// <summary>The header by which a client says that two requests are one.</summary>
internal static class IdempotencyHeader
{
    /// <summary>On an answer: it is that of an earlier request with the same key.</summary>
    public const string Replayed = "Idempotency-Replayed";

    public const string Name = "Idempotency-Key";
    public const int MostCharacters = 200;

    /// <returns>The key; <see langword="null"/>: none was sent.</returns>
    /// <exception cref="BadOrderException">It cannot be used.</exception>
    public static string? Read(IHeaderDictionary headers)
    {
        var given = headers[Name];
        if (given.Count == 0)
        {
            return null;
        }

        if (given.Count > 1)
        {
            throw Bad($"was given {given.Count} times");
        }

        var key = given[0] ?? "";
        return key.Length is 0 or > MostCharacters ? throw Bad($"has {key.Length} characters")
            : key.All(character => character is > ' ' and <= '~') ? key
            : throw Bad("has characters that are not visible ASCII");
    }

    private static BadOrderException Bad(string fault) => new(Name, fault, $"given at most once, as 1 to {MostCharacters} visible ASCII characters");
}
