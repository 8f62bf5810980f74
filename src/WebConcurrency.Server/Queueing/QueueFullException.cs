namespace WebConcurrency.Server.Queueing;

/// <summary>As many are inside and as many wait as may.</summary>
public sealed class QueueFullException(string name, int permits, int maxWaiting)
    : TurnedAwayException($"No room for {name}: {permits} inside and {maxWaiting} waiting are the limits.");
