using System.Collections.Immutable;

namespace WebConcurrency.Ledger;

/// <summary>Who worked during some waits.</summary>
/// <param name="Workers">One entry for each request and thread, the longest work first.</param>
/// <param name="Complete">Whether all work of that time is still kept.</param>
internal readonly record struct OverlapFinding(ImmutableArray<OverlapShare> Workers, bool Complete);
