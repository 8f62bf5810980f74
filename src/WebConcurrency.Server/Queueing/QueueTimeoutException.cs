namespace WebConcurrency.Server.Queueing;

/// <summary>The wait took longer than one may wait.</summary>
public sealed class QueueTimeoutException(string name, TimeSpan limit)
    : TurnedAwayException($"Waiting for {name} took longer than the limit of {limit.TotalSeconds:0.###} s.");
