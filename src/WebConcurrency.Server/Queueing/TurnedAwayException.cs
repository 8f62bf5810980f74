namespace WebConcurrency.Server.Queueing;

/// <summary>There is no room for this request now; it may come again.</summary>
public abstract class TurnedAwayException(string message, Exception? inner = null) : Exception(message, inner);
