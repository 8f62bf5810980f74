using System.Diagnostics;
using Microsoft.Extensions.Options;
using WebConcurrency.Server.Database;
using WebConcurrency.Server.Waiting;

namespace WebConcurrency.Server.Lab;

/// <summary>What the server's process has used and has to go round: for whoever measures it from another machine.</summary>
internal sealed class ProcessAccount(DatabaseHost database, IOptions<GilOptions> gil, RequestConcurrencyOptions recording)
{
    public object Read()
    {
        using var process = Process.GetCurrentProcess();
        return new
        {
            cores = Environment.ProcessorCount,
            connections = database.Requests.Gate.Permits,
            gil_switch_interval_ms = gil.Value.SwitchIntervalMs,
            cpu_ms = Math.Round(process.TotalProcessorTime.TotalMilliseconds, 3),
            working_set_bytes = process.WorkingSet64,
            managed_bytes = GC.GetTotalMemory(forceFullCollection: false),
            threads = process.Threads.Count,
            pool_threads = ThreadPool.ThreadCount,
            metered_per_second = OperatingSystem.IsLinux() ? recording.MeteredPerSecond : 0,
            runtime_events = recording.RuntimeEvents ? 1 : 0,
        };
    }
}
