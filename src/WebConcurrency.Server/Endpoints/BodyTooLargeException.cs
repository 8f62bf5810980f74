namespace WebConcurrency.Server.Endpoints;

/// <summary>The body is larger than it may be.</summary>
internal sealed class BodyTooLargeException(int most) : Exception($"The body is larger than the limit of {most} bytes.");
