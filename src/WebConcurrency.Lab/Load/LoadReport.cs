using Spectre.Console;

namespace WebConcurrency.Lab.Load;

/// <summary>What a load came to, for people and for machines.</summary>
internal static class LoadReport
{
    public static void Write(IAnsiConsole console, LoadResult result)
    {
        var plan = result.Plan;
        console.WriteLine(
            $"/{plan.Path}, {(plan.Rate is { } rate ? $"{rate:0.#} requests/s due, at most {plan.Connections} at once" : $"{plan.Connections} at once")}, {result.Measured.TotalSeconds:0.0} s: "
            + $"{result.PerSecond:0.0} requests/s; {Percentiles(result.Latency)}.");
        foreach (var (status, count) in result.Refused)
        {
            console.WriteLine($"{count} answers were no good ones: {status}.");
        }

        if (result.Unanswered > 0)
        {
            console.WriteLine($"{result.Unanswered} requests were never answered.");
        }

        if (result.SentLateCount > 0)
        {
            console.WriteLine(
                $"{result.SentLateCount} requests were sent {LoadResult.Late.TotalMilliseconds} ms late or later, "
                + $"{(result.GeneratorIsBottleneck ? "because the generator was busy" : $"for want of a free one of {plan.Connections} connections")}; their latencies count from when they were due.");
        }

        if (result.Measured > TimeSpan.Zero)
        {
            console.WriteLine($"The load generator was busy {result.Busy:P0} of the time and used {result.OwnCpu / result.Measured:0.00} cores.");
        }

        if (result.GeneratorIsBottleneck)
        {
            console.WriteLine("IT WAS THE BOTTLENECK: the server may be able to do more than this.");
        }
    }

    public static object ForMachines(LoadResult? result, AttemptEnd end) => new
    {
        Load = result is null ? null : Figures(result),
        end.Failure,
        end.ExitCode,
    };

    public static object Figures(LoadResult result) => new
    {
        result.Plan.Path,
        result.Plan.Connections,
        result.Plan.Rate,
        Seconds = Math.Round(result.Measured.TotalSeconds, 3),
        result.Answered,
        PerSecond = Math.Round(result.PerSecond, 2),
        P50Ms = LabJson.Number(result.Latency.PercentileMs(50)),
        P90Ms = LabJson.Number(result.Latency.PercentileMs(90)),
        P99Ms = LabJson.Number(result.Latency.PercentileMs(99)),
        MaxMs = LabJson.Number(result.Latency.PercentileMs(100)),
        result.Refused,
        result.Unanswered,
        SentLate = result.Plan.Rate is null ? null : (long?)result.SentLateCount,
        SentLateP99Ms = LabJson.Number(result.SentLate.PercentileMs(99)),
        GeneratorBusy = Math.Round(result.Busy, 3),
        GeneratorCpuMs = Math.Round(result.OwnCpu.TotalMilliseconds, 1),
        result.GeneratorIsBottleneck,
    };

    private static string Percentiles(LatencyHistogram latency) => latency.Count == 0
        ? "no latency to tell"
        : $"half of them within {latency.PercentileMs(50):0.00} ms, 90 % within {latency.PercentileMs(90):0.00}, 99 % within {latency.PercentileMs(99):0.00}, all within {latency.PercentileMs(100):0.00}";
}
