namespace WebConcurrency.Server.Queueing;

/// <summary>As many wait as may wait.</summary>
public sealed class QueueFullException(string name, int limit) : TurnedAwayException($"The queue for {name} is full: {limit} wait, the limit is {limit}.");
