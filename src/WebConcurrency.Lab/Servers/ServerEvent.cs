using System.Text.Json;

namespace WebConcurrency.Lab.Servers;

/// <summary>One of a server's events.</summary>
/// <param name="Name">hello, counts, lost, …; empty for a finished record.</param>
/// <param name="Data">What it tells.</param>
internal sealed record ServerEvent(string Name, JsonElement Data);
