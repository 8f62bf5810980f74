using System.Text.Json;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Calibration.Truths;

/// <summary>What the answers of <c>/lab</c> hold.</summary>
internal static class Answers
{
    public const string LabIsOff = "its /lab is off: start the server with Lab__Enabled=true";

    /// <summary>A number of an answer; a part of one is named behind a dot.</summary>
    /// <returns><see langword="null"/> when it is left out: the system did not tell.</returns>
    public static double? Optional(this Reply reply, string name)
    {
        var value = reply.Result;
        foreach (var part in name.Split('.'))
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(part, out value))
            {
                return null;
            }
        }

        return value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
    }

    /// <inheritdoc cref="Optional"/>
    /// <exception cref="ServerException">It is left out.</exception>
    public static double Number(this Reply reply, string name) =>
        reply.Optional(name) ?? throw new ServerException($"The server's answer has no number '{name}': it is another version.");

    /// <summary>As a truth.</summary>
    public static Known? Known(this Reply reply, string name) => reply.Optional(name) is { } value ? Calibration.Known.Exactly(value) : null;

    /// <summary>What a stretch of code took on the clock, less the time in which it computed or wanted to: its thread could not go on.</summary>
    public static Known Blocked(this Reply reply, string name) => Calibration.Known.Exactly(
        reply.Number($"{name}.took_ms") - (reply.Optional($"{name}.cpu_ms") ?? 0) - (reply.Optional($"{name}.runnable_ms") ?? 0));
}
