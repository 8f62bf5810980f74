namespace WebConcurrency.Server.Endpoints;

/// <summary>The path names a strategy that there is not.</summary>
internal sealed class UnknownStrategyException : Exception;
