using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace WebConcurrency.Outputs.Events;

/// <summary>A finished record as the stream tells it: its columns, where it stands on the stream's clock, and its phases.</summary>
internal sealed record RecordEventJson : RecordJson
{
    [SetsRequiredMembers]
    public RecordEventJson(RecordJson columns, double atMs, ImmutableArray<PhaseJson> phases, bool phasesLeftOut)
        : base(columns)
    {
        AtMs = atMs;
        Phases = phases;
        PhasesLeftOut = phasesLeftOut;
    }

    /// <summary>When it started, on the clock of <see cref="HelloJson.NowMs"/>.</summary>
    [JsonPropertyOrder(1)]
    public double AtMs { get; }

    [JsonPropertyOrder(1)]
    public ImmutableArray<PhaseJson> Phases { get; }

    /// <summary>Whether there were more phases than an event tells.</summary>
    [JsonPropertyOrder(1)]
    public bool PhasesLeftOut { get; }
}
