using WebConcurrency.Ledger;

namespace WebConcurrency.Outputs;

/// <summary>The thread pool now.</summary>
internal sealed record ThreadPoolJson(int Threads, long QueueLength, double DelayMs, bool Starved)
{
    public static ThreadPoolJson From(ThreadPoolReading reading) => new(
        reading.Threads, reading.QueueLength, Columns.Milliseconds(reading.Delay), reading.Delay >= ThreadPoolProbe.Starved);
}
