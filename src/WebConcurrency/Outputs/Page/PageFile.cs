using System.Collections.Frozen;
using System.Security.Cryptography;

namespace WebConcurrency.Outputs.Page;

/// <summary>One of the live page's files, as it is in the assembly.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="ContentType">What a browser is to take it for.</param>
/// <param name="Tag">Its <c>ETag</c>: another one when the content is another.</param>
internal sealed record PageFile(ReadOnlyMemory<byte> Content, string ContentType, string Tag)
{
    private const string Prefix = "page/";

    public const string Start = "index.html";

    public static FrozenDictionary<string, PageFile> All { get; } = typeof(PageFile).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToFrozenDictionary(name => name[Prefix.Length..], Read, StringComparer.Ordinal);

    private static PageFile Read(string name)
    {
        using var stream = typeof(PageFile).Assembly.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new PageFile(content, TypeOf(name), $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8))}\"");
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"The page's file '{name}' has a content type that is not known: '{other}'."),
    };
}
