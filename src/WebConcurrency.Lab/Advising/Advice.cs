using System.Globalization;

namespace WebConcurrency.Lab.Advising;

/// <summary>How many threads and connections, under which strategy, and what they will do.</summary>
internal sealed record Advice
{
    /// <summary>A curve that explains less is not believed.</summary>
    public const double LeastRSquared = 0.9;

    /// <summary>A level with fewer answers says too little.</summary>
    public const int FewestAnswers = 30;

    /// <summary>Connections beyond those that are used on average.</summary>
    public const double HeadRoom = 1.25;

    public required Measurement Measured { get; init; }

    public required double Utilisation { get; init; }

    public required UslFit Usl { get; init; }

    public required string Strategy { get; init; }

    public required int Threads { get; init; }

    public required int Connections { get; init; }

    /// <summary>By the bound, and by the Universal Scalability Law.</summary>
    public required double ByBound { get; init; }

    public required double ByUsl { get; init; }

    /// <summary>How far each of them is off at the levels that were measured, as a share, on average.</summary>
    public required double BoundError { get; init; }

    public required double UslError { get; init; }

    /// <summary>The law counts only where it fits better.</summary>
    public bool UsesUsl => UslError < BoundError;

    /// <summary>Requests each second.</summary>
    public double Predicted => UsesUsl ? ByUsl : ByBound;

    /// <summary>The server's settings.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Strategies__Default"] = Strategy,
        [Strategy == "async" ? "Admission__AsyncRequests" : "Admission__Threads"] = Threads.ToString(CultureInfo.InvariantCulture),
        ["Postgres__Connections"] = Connections.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Requests each second of N at once, at most: min(N / (W + C), cores / C).</summary>
    public static double Bound(Measurement measured, double atOnce) =>
        1e3 * Math.Min(atOnce / (measured.Profile.WaitMs + measured.CpuMs), measured.Cores / measured.CpuMs);

    /// <summary>Threads that keep the cores busy for that share of the time: cores × utilisation × (1 + W/C) (Goetz, Java Concurrency in Practice, section 8.2).</summary>
    public static double ThreadsFor(int cores, double utilisation, double waitMs, double cpuMs) => cores * utilisation * (1 + (waitMs / cpuMs));

    /// <summary>Why nothing can be advised; <see langword="null"/>: it can.</summary>
    public static string? Obstacle(Measurement measured, UslFit? usl)
    {
        var points = measured.Points;
        return points.Count < UslFit.FewestLevels ? $"only {points.Count} levels were measured, and at least {UslFit.FewestLevels} are needed"
            : points.FirstOrDefault(point => point.Failed > 0) is { } failed ? $"with {failed.AtOnce} at once {failed.Failed} requests were refused or never answered"
            : points.FirstOrDefault(point => point.Answers < FewestAnswers) is { } few
                ? $"with {few.AtOnce} at once there were only {few.Answers} answers, and at least {FewestAnswers} are needed: measure for longer (--seconds)"
            : usl is not null && !(usl.RSquared >= LeastRSquared)
                ? $"the scalability law does not fit what was measured: R² = {usl.RSquared.ToString("0.00", CultureInfo.InvariantCulture)}, and {LeastRSquared} is needed; measure for longer (--seconds) or on a quieter machine"
            : null;
    }

    /// <summary>Makes an advice of a measurement that has no <see cref="Obstacle"/>.</summary>
    public static Advice Of(Measurement measured, UslFit usl, double utilisation)
    {
        var exact = ThreadsFor(measured.Cores, utilisation, measured.Profile.WaitMs, measured.CpuMs);
        var threads = Math.Max(1, (int)Math.Round(exact));
        var (byBound, byUsl) = (Bound(measured, threads), usl.PerSecond(threads));
        var (boundError, uslError) = (Error(measured, atOnce => Bound(measured, atOnce)), Error(measured, usl.PerSecond));

        // Little's law: so many are in use on average.
        var used = (uslError < boundError ? byUsl : byBound) * measured.Profile.ConnectionMs / 1e3;
        return new Advice
        {
            Measured = measured,
            Utilisation = utilisation,
            Usl = usl,
            Strategy = StrategyRule.For(measured.Profile.WaitMs, measured.CpuMs),
            Threads = threads,
            Connections = Math.Clamp((int)Math.Ceiling(used * HeadRoom), 1, threads),
            ByBound = byBound,
            ByUsl = byUsl,
            BoundError = boundError,
            UslError = uslError,
        };
    }

    private static double Error(Measurement measured, Func<double, double> model) =>
        measured.Points.Average(point => Math.Abs(model(point.AtOnce) - point.PerSecond) / point.PerSecond);
}
