namespace WebConcurrency.Outputs;

/// <summary>A request that worked during another's wait.</summary>
internal sealed record OverlapJson(long Id, string Route, string? Strategy, ThreadJson Thread, double WorkMs);
