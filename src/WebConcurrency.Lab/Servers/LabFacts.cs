namespace WebConcurrency.Lab.Servers;

/// <summary>What a server says of itself at <c>/lab/process</c>.</summary>
/// <param name="Cores">Processors that it may use.</param>
/// <param name="Connections">Database connections that its requests may use at once.</param>
/// <param name="GilSwitchIntervalMs">How long one computes under <c>gil</c> while another wants to.</param>
/// <param name="CpuMs">CPU time that its process has used so far.</param>
/// <param name="WorkingSetBytes">Memory of its process that is in RAM.</param>
/// <param name="Threads">Threads of its process.</param>
/// <param name="PoolThreads">Those of them that belong to the .NET thread pool.</param>
/// <param name="MeteredPerSecond">Requests of which it asks its system, in one second.</param>
/// <param name="ListensToRuntime">Whether it listens to the runtime's events.</param>
internal sealed record LabFacts(
    int Cores, int Connections, double GilSwitchIntervalMs, double CpuMs, long WorkingSetBytes, int Threads, int PoolThreads, int MeteredPerSecond, bool ListensToRuntime)
{
    /// <summary>Why its records need not have a column; <see langword="null"/>: they should have it, if there is anything to measure.</summary>
    public string? Excuse(string column) => column switch
    {
        "cpu_ms" or "runnable_ms" or "unexplained_ms" or "parallel_cpu_ms" or "allocated_bytes" or "switches.involuntary" or "arrival_ms" when MeteredPerSecond == 0 =>
            "this server asks its system about no request (Concurrency:MeteredPerSecond, and Linux only)",
        "lock_ms" or "gc_ms" or "blocked_by" when !ListensToRuntime => "this server does not listen to the runtime (Concurrency:RuntimeEvents)",
        _ => null,
    };
}
