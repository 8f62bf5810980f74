namespace WebConcurrency.Lab.Servers;

/// <summary>What a server says of itself at <c>/lab/process</c>.</summary>
/// <param name="Cores">Processors that it may use.</param>
/// <param name="Connections">Database connections that its requests may use at once.</param>
/// <param name="GilSwitchIntervalMs">How long one computes under <c>gil</c> while another wants to.</param>
/// <param name="CpuMs">CPU time that its process has used so far.</param>
/// <param name="WorkingSetBytes">Memory of its process that is in RAM.</param>
/// <param name="Threads">Threads of its process.</param>
/// <param name="PoolThreads">Those of them that belong to the .NET thread pool.</param>
internal sealed record LabFacts(int Cores, int Connections, double GilSwitchIntervalMs, double CpuMs, long WorkingSetBytes, int Threads, int PoolThreads);
