namespace WebConcurrency.Ledger;

/// <summary>What is going on now, and what has been counted since the start.</summary>
/// <param name="Running">Requests that are neither queued nor finished.</param>
/// <param name="Queued">Requests that have no thread yet.</param>
/// <param name="Leftover">Requests already answered whose work has not ended.</param>
/// <param name="Finished">Requests finished since the start.</param>
/// <param name="Dropped">Of those, how many have no record because too many were pending.</param>
internal readonly record struct LiveCounts(int Running, int Queued, int Leftover, long Finished, long Dropped);
