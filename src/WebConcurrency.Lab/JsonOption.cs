using System.CommandLine;

namespace WebConcurrency.Lab;

/// <summary><c>--json</c>, which every verb has.</summary>
internal static class JsonOption
{
    public static Option<bool> Create() => new("--json") { Description = "Print one JSON object instead of a table." };
}
