namespace WebConcurrency.Lab.Cost;

/// <summary>What a server did with as much as it could take from a few clients.</summary>
/// <param name="Requests">How many it answered.</param>
/// <param name="PerSecond">The median over the slices of time.</param>
/// <param name="CpuMicroseconds">CPU time of its process for one request, over all slices.</param>
internal sealed record Throughput(long Requests, double PerSecond, double CpuMicroseconds);
