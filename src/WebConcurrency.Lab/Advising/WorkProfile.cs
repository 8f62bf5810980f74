using WebConcurrency.Lab.Calibration;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Advising;

/// <summary>What one request of a route does, when it is alone.</summary>
/// <param name="WaitMs">W: its wait for the database and for other I/O, without the pool, the GIL, queues and wanting a CPU.</param>
/// <param name="ComputeMs">C: its CPU time, as its record has it.</param>
/// <param name="ConnectionMs">How long it has a database connection.</param>
/// <param name="Samples">How many records these are the medians of.</param>
internal sealed record WorkProfile(double WaitMs, double ComputeMs, double ConnectionMs, int Samples)
{
    /// <summary>Fewer say too little.</summary>
    public const int FewestSamples = 10;

    private const int MostUnmetered = 60;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Nothing computes for less: an endless number of threads is no advice.</summary>
    private const double LeastComputeMs = 0.05;

    /// <summary>Asks for the route under <c>pool</c>, one request at a time, and reads what the records say of each.</summary>
    public static async Task<WorkProfile> MeasureAsync(ServerClient client, string path, int samples, CancellationToken cancellationToken)
    {
        // The first ones pay for connections and for compiling.
        for (var i = 0; i < 3; i++)
        {
            await client.ReadAsync($"pool/{path}", cancellationToken);
        }

        var (waits, computes, connections) = (new List<double>(), new List<double>(), new List<double>());
        var tries = 0;
        while (computes.Count < samples)
        {
            var record = await client.RecordAsync(await client.AskAsync($"pool/{path}", cancellationToken), cancellationToken);

            // Behind a load a server meters some requests only, for up to a second.
            if (record["cpu_ms"] is null && tries++ < MostUnmetered)
            {
                await Task.Delay(Pause, cancellationToken);
                continue;
            }

            waits.Add((record["db_ms"] ?? 0) + (record["io_ms"] ?? 0));
            computes.Add(record.Needed("cpu_ms"));
            connections.Add(record["db_ms"] ?? 0);
        }

        return new WorkProfile(Verdict.Median(waits), Math.Max(LeastComputeMs, Verdict.Median(computes)), Verdict.Median(connections), samples);
    }
}
