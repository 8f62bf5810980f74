namespace WebConcurrency.Lab.Servers;

/// <summary>The server could not be started or reached, or answered what cannot be used. The message is for whoever runs the Lab.</summary>
internal class ServerException(string message, Exception? inner = null) : Exception(message, inner);
