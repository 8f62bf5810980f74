namespace WebConcurrency.Server.Lab;

/// <summary>A garbage collection that stops all threads for a time worth measuring, because there is much to look through. Thread-safe.</summary>
internal sealed class ForcedCollection
{
    private const int Nodes = 1_000_000;

    /// <summary>Arrays of 64 KiB each, header and length included: too small for the heap of large objects.</summary>
    private const int Pieces = 64, PieceBytes = 64 * 1024, ArrayHeader = 24;

    private readonly Lazy<Node[]> _live = new(Build);

    /// <summary>Allocates a known amount, and collects.</summary>
    /// <returns>How long the runtime had stopped all threads meanwhile, as it counts that itself, and what was allocated.</returns>
    public object Collect()
    {
        var live = _live.Value.Length;
        var collections = GC.CollectionCount(GC.MaxGeneration);
        var paused = GC.GetTotalPauseDuration();
        for (var i = 0; i < Pieces; i++)
        {
            GC.KeepAlive(new byte[PieceBytes - ArrayHeader]);
        }

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
        return new
        {
            pause_ms = Math.Round((GC.GetTotalPauseDuration() - paused).TotalMilliseconds, 3),
            collections = GC.CollectionCount(GC.MaxGeneration) - collections,
            allocated_bytes = (long)Pieces * PieceBytes,
            live,
        };
    }

    private static Node[] Build()
    {
        var nodes = new Node[Nodes];
        for (var i = 0; i < nodes.Length; i++)
        {
            nodes[i] = new Node();
        }

        // Far apart in memory, so that to follow them takes the collector its time; the same each time.
        var random = new Random(1);
        foreach (var node in nodes)
        {
            node.Next = nodes[random.Next(nodes.Length)];
        }

        return nodes;
    }

    private sealed class Node
    {
        public Node? Next { get; set; }
    }
}
