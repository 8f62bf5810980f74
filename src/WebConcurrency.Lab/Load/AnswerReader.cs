using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace WebConcurrency.Lab.Load;

/// <summary>Finds out where an answer of HTTP/1.1 ends, from as much of it as has come (RFC 9112, sections 4, 6 and 7.1).</summary>
internal static class AnswerReader
{
    /// <summary>No head of an answer is longer; what has none within so many bytes is not HTTP.</summary>
    private const int LongestHead = 16 * 1024;

    /// <summary>No answer that is kept whole has a longer one; its length must not overflow either.</summary>
    private const int LongestChunk = 16 * 1024 * 1024;

    /// <param name="received">All that has come since the request was sent.</param>
    /// <param name="answer">The answer, once it is whole.</param>
    /// <returns>Whether it is.</returns>
    /// <exception cref="FormatException">This is no answer, or of a kind that no server of ours gives.</exception>
    public static bool TryRead(ReadOnlySpan<byte> received, out Answer answer)
    {
        answer = default;
        ReadOnlySpan<byte> version = "HTTP/1.1 "u8;
        if (!received[..Math.Min(received.Length, version.Length)].SequenceEqual(version[..Math.Min(received.Length, version.Length)]))
        {
            throw new FormatException($"it begins with '{Shown(received)}' and not with 'HTTP/1.1'");
        }

        var headLength = received.IndexOf("\r\n\r\n"u8);
        if (headLength < 0)
        {
            return received.Length <= LongestHead ? false : throw new FormatException($"its head does not end within {LongestHead} bytes");
        }

        var head = received[..headLength];
        if (!Utf8Parser.TryParse(head[version.Length..], out int status, out var digits) || digits != 3)
        {
            throw new FormatException($"its first line is '{Shown(head)}'");
        }

        var body = received[(headLength + 4)..];
        var length = Field(head, "\r\ncontent-length:") is { } given
            ? int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException($"its Content-Length is '{given}'")
            : Field(head, "\r\ntransfer-encoding:") is { } coding
                ? coding.Equals("chunked", StringComparison.OrdinalIgnoreCase) ? ChunksLength(body) : throw new FormatException($"its Transfer-Encoding is '{coding}'")
                : throw new FormatException("it has neither a Content-Length nor chunks");
        if (length is null || body.Length < length)
        {
            return false;
        }

        answer = new Answer(status, Field(head, "\r\nconnection:") is { } connection && connection.Equals("close", StringComparison.OrdinalIgnoreCase));
        return body.Length == length ? true : throw new FormatException("more bytes came than it has");
    }

    /// <summary>All chunks and their framing; <see langword="null"/> while the last one is not there.</summary>
    private static int? ChunksLength(ReadOnlySpan<byte> body)
    {
        for (var at = 0; ;)
        {
            var line = body[at..].IndexOf("\r\n"u8);
            if (line < 0)
            {
                return null;
            }

            // What stands behind a semicolon is an extension.
            if (!Utf8Parser.TryParse(body.Slice(at, line), out int size, out var digits, 'X') || size is < 0 or > LongestChunk || (digits < line && body[at + digits] != (byte)';'))
            {
                throw new FormatException($"a chunk begins with '{Shown(body.Slice(at, line))}'");
            }

            at += line + 2 + size + 2;
            if (at > body.Length)
            {
                return null;
            }

            if (size == 0)
            {
                return at;
            }
        }
    }

    private static string? Field(ReadOnlySpan<byte> head, string name)
    {
        // Field names are ASCII, and case does not count.
        for (var at = 0; at + name.Length <= head.Length; at++)
        {
            if (head[at] == (byte)'\r' && Ascii.EqualsIgnoreCase(head.Slice(at, name.Length), name))
            {
                var value = head[(at + name.Length)..];
                var end = value.IndexOf("\r\n"u8);
                return Encoding.ASCII.GetString(end < 0 ? value : value[..end]).Trim();
            }
        }

        return null;
    }

    private static string Shown(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.ASCII.GetString(bytes[..Math.Min(bytes.Length, 40)]);
        return string.Concat(text.Select(letter => char.IsControl(letter) ? '·' : letter));
    }
}
