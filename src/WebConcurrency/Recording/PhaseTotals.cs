using System.Runtime.CompilerServices;

namespace WebConcurrency.Recording;

/// <summary>One number for each <see cref="PhaseKind"/>, without an allocation.</summary>
[InlineArray(Length)]
internal struct PhaseTotals
{
    public const int Length = (int)PhaseKind.Gil + 1;

    private long _first;
}
