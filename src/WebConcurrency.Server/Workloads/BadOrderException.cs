namespace WebConcurrency.Server.Workloads;

/// <summary>A field of an order cannot be used. The message names it and its bounds and repeats nothing but numbers of what was sent.</summary>
/// <param name="field">Where it stands.</param>
/// <param name="fault">What is wrong with it.</param>
/// <param name="bounds">What it must be.</param>
internal sealed class BadOrderException(string field, string fault, string bounds) : Exception($"{field} {fault}; it must be {bounds}.");
