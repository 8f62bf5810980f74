namespace WebConcurrency.Server.Workloads;

/// <summary>The client's name for one attempt to order, however often it is sent.</summary>
/// <param name="Value">The name.</param>
/// <param name="BodySha256">What was sent under it, as a hash in hexadecimal digits.</param>
internal sealed record IdempotencyKey(string Value, string BodySha256);
