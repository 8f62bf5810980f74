namespace WebConcurrency.Evidence;

/// <summary>The runtime stopped all its threads for a garbage collection. Instants are on the ledger's clock.</summary>
/// <param name="Begin">It began to stop one after the other; until all had stopped, some still ran, or waited for a CPU to stop on.</param>
/// <param name="Stopped">All had stopped.</param>
/// <param name="Resuming">It began to let them go on.</param>
/// <param name="End">It had let all go on, or its own thread, which tells so, got a CPU again.</param>
/// <param name="Thread">The kernel's id of the thread that stopped the others.</param>
internal readonly record struct Pause(long Begin, long Stopped, long Resuming, long End, int Thread);
