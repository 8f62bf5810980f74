namespace WebConcurrency.Server.Queueing;

/// <summary>What was decided about a <see cref="Waiter"/>.</summary>
internal enum WaiterState
{
    Waiting,
    Granted,
    TimedOut,
    Cancelled,
}
