namespace WebConcurrency.Recording;

/// <summary>The phase that a request leaves and the one that it enters.</summary>
/// <param name="Left">What it did until now.</param>
/// <param name="LeftSince">Since when.</param>
/// <param name="LeftThread">On which thread.</param>
/// <param name="Entered">What it does from now on.</param>
/// <param name="EnteredThread">On which thread.</param>
internal readonly record struct PhaseTurn(
    PhaseKind Left, long LeftSince, ThreadIdentity LeftThread, PhaseKind Entered, ThreadIdentity EnteredThread);
