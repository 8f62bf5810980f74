using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace WebConcurrency.Outputs;

/// <summary>One record whole: its columns and its phases.</summary>
internal sealed record RecordDetailJson : RecordJson
{
    [SetsRequiredMembers]
    public RecordDetailJson(RecordJson columns, ImmutableArray<PhaseJson> phases, bool phasesLeftOut)
        : base(columns)
    {
        Phases = phases;
        PhasesLeftOut = phasesLeftOut;
    }

    [JsonPropertyOrder(1)]
    public ImmutableArray<PhaseJson> Phases { get; }

    /// <summary>Whether there were more phases than are kept.</summary>
    [JsonPropertyOrder(1)]
    public bool PhasesLeftOut { get; }
}
