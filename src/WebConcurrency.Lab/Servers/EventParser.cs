using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace WebConcurrency.Lab.Servers;

/// <summary>Reads server-sent events (WHATWG HTML, section 9.2) whose data is JSON.</summary>
internal static class EventParser
{
    /// <summary>To the end of the stream.</summary>
    /// <exception cref="JsonException">An event's data is something else.</exception>
    public static async IAsyncEnumerable<ServerEvent> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        var (name, data) = ("", new StringBuilder());
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length == 0)
            {
                if (data.Length > 0)
                {
                    yield return new ServerEvent(name, JsonDocument.Parse(data.ToString()).RootElement);
                }

                name = "";
                data.Clear();
                continue;
            }

            // A line that begins with a colon is a comment: it keeps the connection alive.
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var field = colon < 0 ? line : line[..colon];
            var value = colon < 0 ? "" : line[(colon + 1)..].TrimStart(' ');
            if (field == "event")
            {
                name = value;
            }
            else if (field == "data")
            {
                data.Append(data.Length > 0 ? "\n" : "").Append(value);
            }
        }
    }
}
