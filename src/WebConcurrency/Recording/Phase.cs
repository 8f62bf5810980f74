namespace WebConcurrency.Recording;

/// <summary>A stretch of one request's time in which it did one thing. A request's phases never overlap each other.</summary>
/// <param name="Kind">What it did.</param>
/// <param name="Start">When it began, on the ledger's monotonic clock (<see cref="TimeProvider.GetTimestamp"/>).</param>
/// <param name="End">When it ended, on the same clock; always later than <paramref name="Start"/>.</param>
/// <param name="Thread">
/// The thread that worked or that the wait kept occupied. <see langword="null"/> when no thread was held: a queue, or a wait that was awaited.
/// </param>
internal readonly record struct Phase(PhaseKind Kind, long Start, long End, ThreadIdentity? Thread);
