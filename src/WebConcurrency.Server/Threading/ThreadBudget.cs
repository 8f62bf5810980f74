using WebConcurrency.Server.Queueing;

namespace WebConcurrency.Server.Threading;

/// <summary>
/// How the threads and processes that the system still gives are shared out among all who make them at a request's wish. One budget: at the true limit
/// .NET ends the process even when the start of a thread is caught, and the connections to a cluster of the server's own are processes of its user.
/// </summary>
internal sealed class ThreadBudget
{
    /// <summary>
    /// Kept back for the runtime, Kestrel, the log and the other threads of the server itself. 27 idle and 36 under load were counted on two cores, less
    /// about 15 that run when the budget is made; the thread pool and the garbage collector have some for each core.
    /// </summary>
    internal static readonly int Reserve = 26 + (2 * Environment.ProcessorCount);

    /// <summary>
    /// A cluster's own processes: its guard, the postmaster and five beside it, up to three that vacuum, two connections for looking, four to cancel.
    /// </summary>
    internal const int ClusterProcesses = 16;

    /// <summary>What <c>max_connections</c> of the private cluster comes to.</summary>
    private const int MostConnections = 300;

    /// <param name="left">How many more threads the system gives; <see langword="null"/>: nobody knows, and nothing is bounded.</param>
    /// <param name="ownCluster">Whether the database is a cluster of this server's own.</param>
    /// <param name="each">How many requests on threads are wanted at once under each strategy.</param>
    public ThreadBudget(long? left, bool ownCluster, int each)
    {
        var spare = Math.Clamp((left ?? int.MaxValue) - Reserve - (ownCluster ? ClusterProcesses : 0), 0, int.MaxValue);

        // A request that waits needs a thread and a connection.
        Connections = ownCluster ? (int)Math.Clamp(spare / 2, 1, MostConnections) : int.MaxValue;
        var threads = ownCluster ? Math.Max(0, spare - Connections) : spare;

        // The threads of these stay when a request has ended, so theirs cannot be lent to others.
        Pool = ThreadPool = (int)Math.Clamp(threads / 4, 1, each);

        // Two at least: a request that starts one thread beside its own.
        var shared = (int)Math.Clamp(threads - Pool - ThreadPool, 2, int.MaxValue);
        Shared = new SharedPermits(shared);
        Each = Math.Min(each, shared);
        Workers = Math.Min(each, shared - 1);
        IsTight = Pool < each || Each < each;
    }

    /// <summary>Connections that requests may use at once.</summary>
    public int Connections { get; }

    /// <summary>Threads of the strategy <c>pool</c>.</summary>
    public int Pool { get; }

    /// <summary>Threads of the .NET thread pool that requests may block at once.</summary>
    public int ThreadPool { get; }

    /// <summary>Threads that end with their request, for all who make such.</summary>
    public SharedPermits Shared { get; }

    /// <summary>How many of <see cref="Shared"/> one of those who make them may use.</summary>
    public int Each { get; }

    /// <summary>How many of <see cref="Shared"/> one request may have besides its own.</summary>
    public int Workers { get; }

    /// <summary>Whether the system gives fewer than are wanted.</summary>
    public bool IsTight { get; }
}
