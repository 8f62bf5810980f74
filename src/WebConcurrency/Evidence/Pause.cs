namespace WebConcurrency.Evidence;

/// <summary>The runtime stopped all its threads for a garbage collection.</summary>
/// <param name="Start">When it began to, on the ledger's clock.</param>
/// <param name="End">When it let them go on.</param>
/// <param name="Thread">The kernel's id of the thread that stopped the others.</param>
internal readonly record struct Pause(long Start, long End, int Thread);
