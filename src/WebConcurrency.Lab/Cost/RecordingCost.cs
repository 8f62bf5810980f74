using System.Diagnostics;
using WebConcurrency.Lab.Calibration;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Cost;

/// <summary>
/// Two servers of the Lab's own, one with recording and one without, asked in turns. Rough: a few clients in this process share the cores with the
/// servers, and half a second is short. The CPU time for a request is less disturbed by what else the machine does than the throughput.
/// </summary>
internal static class RecordingCost
{
    private const int Clients = 8;

    /// <summary>On, off, off, on, …: neither is always first.</summary>
    private static readonly bool[] Turns = [true, false, false, true, true, false, false, true];

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(0.5);
    private static readonly string[] Routes = ["plain", "async/db"];

    /// <summary>How many steps <see cref="MeasureAsync"/> tells of.</summary>
    public static int Steps => Routes.Length + 1;

    /// <exception cref="ServerException">A server did not start, or failed.</exception>
    public static async Task<IReadOnlyList<RouteCost>> MeasureAsync(Action<string> progress, CancellationToken cancellationToken)
    {
        progress("two servers for the cost of recording");
        await using var on = await OwnedServer.StartAsync(new Dictionary<string, string>(), cancellationToken);
        await using var off = await OwnedServer.StartAsync(new Dictionary<string, string> { ["Concurrency__Enabled"] = "false" }, cancellationToken);
        using var onClient = new ServerClient(on.Address);
        using var offClient = new ServerClient(off.Address);

        var costs = new List<RouteCost>();
        foreach (var route in Routes)
        {
            progress($"the cost of recording on /{route}");
            await LoadAsync(onClient, route, WarmUp, cancellationToken);
            await LoadAsync(offClient, route, WarmUp, cancellationToken);
            var slices = new List<(bool On, long Requests, double Seconds, double CpuMs)>();
            foreach (var turn in Turns)
            {
                var (requests, seconds, cpu) = await LoadAsync(turn ? onClient : offClient, route, Slice, cancellationToken);
                slices.Add((turn, requests, seconds, cpu));
            }

            costs.Add(new RouteCost("/" + route, Of(true), Of(false)));

            Throughput Of(bool turn)
            {
                var own = slices.Where(slice => slice.On == turn).ToList();
                var requests = own.Sum(slice => slice.Requests);
                return new Throughput(requests, Verdict.Median(own.Select(slice => slice.Requests / slice.Seconds)), own.Sum(slice => slice.CpuMs) * 1e3 / requests);
            }
        }

        return costs;
    }

    private static async Task<(long Requests, double Seconds, double CpuMs)> LoadAsync(
        ServerClient client, string route, TimeSpan length, CancellationToken cancellationToken)
    {
        var before = await CpuAsync();
        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            var count = 0L;
            while (Stopwatch.GetElapsedTime(started) < length)
            {
                await client.ReadAsync(route, cancellationToken);
                count++;
            }

            return count;
        }));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return (counts.Sum(), seconds, await CpuAsync() - before);

        async Task<double> CpuAsync() =>
            (await client.LabAsync(cancellationToken) ?? throw new ServerException($"The Lab's own server at {client.Address} has no /lab.")).CpuMs;
    }
}
