namespace WebConcurrency.Outputs;

/// <summary>A request that worked during another's wait; its route and strategy are left out when its record is no longer kept.</summary>
internal sealed record OverlapJson(long Id, string? Route, string? Strategy, ThreadJson Thread, double WorkMs);
