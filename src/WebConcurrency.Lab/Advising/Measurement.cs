namespace WebConcurrency.Lab.Advising;

/// <summary>What an advice is made of.</summary>
/// <param name="Cores">Processors of the server.</param>
/// <param name="Profile">One request that is alone.</param>
/// <param name="CpuMs">C: CPU time of everything that one request costs among others.</param>
/// <param name="CpuOf">Of what that is the CPU time.</param>
/// <param name="Points">Throughput at rising levels.</param>
internal sealed record Measurement(int Cores, WorkProfile Profile, double CpuMs, string CpuOf, IReadOnlyList<ScalePoint> Points);
