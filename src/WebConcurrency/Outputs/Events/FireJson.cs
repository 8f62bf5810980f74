using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;

namespace WebConcurrency.Outputs.Events;

/// <summary>What the page may fire.</summary>
/// <param name="Path">With the names in braces to be replaced; the application's own base path is in it.</param>
/// <param name="Strategies">What may stand for <c>{strategy}</c>.</param>
/// <param name="Workloads">What may stand for <c>{workload}</c>.</param>
/// <param name="MostAtOnce">How many at once.</param>
internal sealed record FireJson(string Path, ImmutableArray<string> Strategies, ImmutableArray<string> Workloads, int MostAtOnce)
{
    public static FireJson? From(FireOptions fire, PathString pathBase) =>
        fire.Workloads.Count == 0 ? null : new FireJson(pathBase + fire.Path, [.. fire.Strategies], [.. fire.Workloads], fire.MostAtOnce);
}
