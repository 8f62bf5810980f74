using System.Globalization;

namespace WebConcurrency.Load;

/// <summary>What a process has allocated since its start, and what of it is alive.</summary>
/// <param name="Allocated">Bytes allocated, on all threads.</param>
/// <param name="Live">Bytes alive after a full collection.</param>
/// <param name="Collections">Collections so far.</param>
internal sealed record MemoryReading(long Allocated, long Live, int Collections)
{
    /// <summary>Names the file that is written.</summary>
    public const string FileVariable = "MEMORY_PROBE_FILE";

    public static MemoryReading Take()
    {
        // Before the collection: what follows allocates too.
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        return new MemoryReading(allocated, GC.GetTotalMemory(forceFullCollection: true), GC.CollectionCount(0));
    }

    /// <summary>Writes it in one line. The file appears whole or not at all, so that whoever waits for it never reads half.</summary>
    public void WriteTo(string file)
    {
        File.WriteAllText(file + ".new", string.Create(CultureInfo.InvariantCulture, $"{Allocated} {Live} {Collections}\n"));
        File.Move(file + ".new", file, overwrite: true);
    }
}
