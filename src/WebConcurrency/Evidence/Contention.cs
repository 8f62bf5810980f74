namespace WebConcurrency.Evidence;

/// <summary>A thread waited for a lock of the runtime.</summary>
/// <param name="Start">When it began to, on the ledger's clock.</param>
/// <param name="End">When it had the lock, or gave up.</param>
/// <param name="Thread">The kernel's id of the thread.</param>
/// <param name="Owner">The kernel's id of the thread that held the lock at first; 0 when it is not known.</param>
/// <param name="IsHandle">It was no monitor but a wait handle: inside a named wait, that wait's own means.</param>
internal readonly record struct Contention(long Start, long End, int Thread, int Owner, bool IsHandle);
