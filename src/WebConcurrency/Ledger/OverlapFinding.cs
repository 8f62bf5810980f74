using System.Collections.Immutable;

namespace WebConcurrency.Ledger;

/// <summary>Who worked during some waits.</summary>
/// <param name="Workers">The requests that worked the longest, the longest first; at most as many as were asked for.</param>
/// <param name="Count">How many requests worked in all.</param>
/// <param name="Complete">Whether all waits and all work of that time are still kept; if not, some may be missing.</param>
internal readonly record struct OverlapFinding(ImmutableArray<OverlapShare> Workers, int Count, bool Complete);
