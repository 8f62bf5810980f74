using System.Collections.Immutable;
using WebConcurrency.Recording;

namespace WebConcurrency.Ledger;

/// <summary>What one finished request did, whole.</summary>
/// <param name="Figures">Its columns.</param>
/// <param name="Threads">The threads it was on, each once, in the order of the first visit.</param>
/// <param name="Phases">What it did, in order of time. Time between two phases is unexplained.</param>
/// <param name="PhasesLeftOut">Whether some or all of its phases are not kept.</param>
internal sealed record RequestRecord(
    RecordFigures Figures, ImmutableArray<ThreadIdentity> Threads, ImmutableArray<Phase> Phases, bool PhasesLeftOut);
