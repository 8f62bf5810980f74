using System.Collections.Immutable;

namespace WebConcurrency.Outputs.Events;

/// <summary>The stream's first event.</summary>
/// <param name="Instance">Which process this is; with another one numbers and times begin anew.</param>
/// <param name="NowMs">The stream's clock: milliseconds since that process began to record.</param>
/// <param name="Sequence">The newest record's; what comes next is newer, unless older ones were asked for.</param>
/// <param name="BeatMs">After a silence of about that long comes an event "beat": a longer silence means that nobody is there any more.</param>
internal sealed record HelloJson(Guid Instance, double NowMs, long Sequence, double BeatMs)
{
    /// <summary>What the page may fire; left out where the application registered nothing.</summary>
    public FireJson? Fire { get; init; }
}
