namespace WebConcurrency.Ledger;

/// <summary>How the .NET thread pool does.</summary>
/// <param name="Threads">Its threads.</param>
/// <param name="QueueLength">Work that waits for one.</param>
/// <param name="Delay">How long the last item that was put in to find out waited for a thread, or has waited so far.</param>
internal readonly record struct ThreadPoolReading(int Threads, long QueueLength, TimeSpan Delay);
