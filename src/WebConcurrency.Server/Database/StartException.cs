namespace WebConcurrency.Server.Database;

/// <summary>The server cannot start, and the message says to whoever started it what to do. Needs no stack trace.</summary>
public sealed class StartException(string message, Exception? inner = null) : Exception(message, inner);
