namespace WebConcurrency.Lab.Servers;

/// <summary>The server is there, and refused a request that it should have served.</summary>
internal sealed class RefusedException(string message) : ServerException(message);
