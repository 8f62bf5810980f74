using WebConcurrency.Lab.Load;

namespace WebConcurrency.Lab.Advising;

/// <summary>What an advice is made of.</summary>
/// <param name="Cores">Processors of the server.</param>
/// <param name="Profile">One request that is alone.</param>
/// <param name="Connections">Database connections that the server's requests may use at once.</param>
/// <param name="CpuMs">C: CPU time of everything that one request costs among others; not a number when its account fell meanwhile.</param>
/// <param name="CpuOf">Of what that is the CPU time.</param>
/// <param name="Points">Throughput at rising levels.</param>
internal sealed record Measurement(int Cores, WorkProfile Profile, int Connections, double CpuMs, string CpuOf, IReadOnlyList<ScalePoint> Points)
{
    /// <summary>Beyond so many at once nothing is advised, because beyond so many nothing can be measured.</summary>
    public int Most => MostAtOnce(Profile, Connections);

    /// <summary>Who needs a connection runs in no greater number than there are; beside that it is what the load generator can ask for.</summary>
    public static int MostAtOnce(WorkProfile profile, int connections) =>
        profile.ConnectionMs > 0 ? Math.Min(connections, LoadOptions.MostConnections) : LoadOptions.MostConnections;
}
