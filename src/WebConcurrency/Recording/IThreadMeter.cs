namespace WebConcurrency.Recording;

/// <summary>Asks the operating system about threads. Thread-safe.</summary>
internal interface IThreadMeter
{
    /// <summary>The CPU time of a thread of this process: the caller's own, which is quick, or another one that still lives.</summary>
    /// <returns>Whether the system told.</returns>
    bool TryRead(ThreadIdentity thread, out ThreadReading reading);

    /// <summary>What the calling thread has used.</summary>
    ThreadUsage ReadUsage();
}
