namespace WebConcurrency.Evidence;

/// <summary>
/// The runtime had stopped all its threads for a garbage collection. Not the time in which it stops one after the other and lets them go again: some run
/// in it, and a thread that is to stop others may itself lose its CPU.
/// </summary>
/// <param name="Start">When all had stopped, on the ledger's clock.</param>
/// <param name="End">When it began to let them go on.</param>
/// <param name="Thread">The kernel's id of the thread that stopped the others.</param>
internal readonly record struct Pause(long Start, long End, int Thread);
