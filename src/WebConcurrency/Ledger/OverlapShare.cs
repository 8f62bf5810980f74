using WebConcurrency.Recording;

namespace WebConcurrency.Ledger;

/// <summary>What one other request did during some waits.</summary>
/// <param name="Who">The request's number; it may still run.</param>
/// <param name="Thread">The thread it worked on, the first if there were several.</param>
/// <param name="Work">How long it worked there during the waits.</param>
internal readonly record struct OverlapShare(long Who, ThreadIdentity Thread, TimeSpan Work);
