namespace WebConcurrency.Server.Endpoints;

/// <summary>The body is not said to be what it must be.</summary>
internal sealed class ContentTypeException() : Exception("The Content-Type must be application/json, in UTF-8.");
