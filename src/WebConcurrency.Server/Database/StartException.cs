using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace WebConcurrency.Server.Database;

/// <summary>The server cannot start, and the message says to whoever started it what to do. Needs no stack trace.</summary>
public sealed class StartException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>
    /// Whether a failure's own message is enough: a setting out of range or of the wrong kind, an address that cannot be read, is not this machine's
    /// or is taken.
    /// </summary>
    public static bool Explains(Exception exception) => exception
        is StartException or OptionsValidationException or IOException or SocketException or FormatException or InvalidOperationException;
}
