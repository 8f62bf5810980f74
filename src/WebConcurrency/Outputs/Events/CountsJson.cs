namespace WebConcurrency.Outputs.Events;

/// <summary>What goes on now; told when it has changed, at most twice a second.</summary>
/// <param name="Running">Requests neither queued nor finished.</param>
/// <param name="Queued">Requests without a thread yet.</param>
/// <param name="Leftover">Requests already answered whose work goes on.</param>
/// <param name="Finished">Since the start.</param>
/// <param name="Clients">Listeners.</param>
/// <param name="Lost">Records that listeners did not get because they were too slow or there were too many, summed over the listeners, since the start.</param>
internal sealed record CountsJson(int Running, int Queued, int Leftover, long Finished, int Clients, long Lost);

/// <summary>Tells one listener that records are missing between the one before and the next.</summary>
/// <param name="Count">How many, here.</param>
/// <param name="Total">How many on this connection.</param>
/// <param name="Sequence">The last missing one's: who comes back goes on behind it, and nothing is both missed and shown.</param>
internal sealed record LostJson(long Count, long Total, long Sequence);

/// <summary>Says that the connection lives while nothing else is to be said.</summary>
/// <param name="NowMs">The stream's clock.</param>
internal sealed record BeatJson(double NowMs);
