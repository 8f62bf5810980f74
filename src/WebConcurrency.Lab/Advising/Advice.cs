using System.Globalization;

namespace WebConcurrency.Lab.Advising;

/// <summary>How many threads and connections, under which strategy, and what they will do.</summary>
internal sealed record Advice
{
    /// <summary>A model that is off by more at the levels that were measured, on average, is not believed.</summary>
    public const double MostModelError = 0.1;

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

    /// <summary>By the estimate, and by the Universal Scalability Law.</summary>
    public required double ByEstimate { get; init; }

    public required double ByUsl { get; init; }

    /// <summary>How far each of them is off at the levels that were measured, as a share, on average.</summary>
    public required double EstimateError { get; init; }

    public required double UslError { get; init; }

    /// <summary>The law counts only where it fits better.</summary>
    public bool UsesUsl => UslError < EstimateError;

    /// <summary>Requests each second.</summary>
    public double Predicted => UsesUsl ? ByUsl : ByEstimate;

    /// <summary>The server's settings.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Strategies__Default"] = Strategy,
        [Strategy == "async" ? "Admission__AsyncRequests" : "Admission__Threads"] = Threads.ToString(CultureInfo.InvariantCulture),
        ["Postgres__Connections"] = Connections.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Whether there would be more threads if the server had the connections, or the generator the sockets, for them.</summary>
    public required bool IsCapped { get; init; }

    /// <summary>
    /// Requests each second of N at once: min(N / (W + C), cores / C, connections / time with one). No bound: W has the database's computing in it, which C counts
    /// again, and many at once compute for less than few.
    /// </summary>
    public static double Estimate(Measurement measured, double atOnce) => 1e3 * Math.Min(
        Math.Min(atOnce / (measured.Profile.WaitMs + measured.CpuMs), measured.Cores / measured.CpuMs),
        measured.Profile.ConnectionMs > 0 ? measured.Connections / measured.Profile.ConnectionMs : double.PositiveInfinity);

    /// <summary>Threads that keep the cores busy for that share of the time: cores × utilisation × (1 + W/C) (Goetz, Java Concurrency in Practice, section 8.2).</summary>
    public static double ThreadsFor(int cores, double utilisation, double waitMs, double cpuMs) => cores * utilisation * (1 + (waitMs / cpuMs));

    /// <summary>Why nothing can be advised; <see langword="null"/>: it can.</summary>
    public static string? Obstacle(Measurement measurement, UslFit? usl)
    {
        var points = measurement.Points;
        return points.Count < UslFit.FewestLevels
                ? $"only {points.Count} levels were measured, and at least {UslFit.FewestLevels} are needed"
                    + (measurement.Most < UslFit.FewestLevels ? $"; the server has {measurement.Connections} database connections (Postgres__Connections)" : "")
            : points.FirstOrDefault(point => point.Failed > 0) is { } failed ? $"with {failed.AtOnce} at once {failed.Failed} requests were refused or never answered"
            : points.FirstOrDefault(point => point.GeneratorWasBottleneck) is { } busy ? $"with {busy.AtOnce} at once the load generator was the bottleneck, and the figures are its own"
            : points.FirstOrDefault(point => point.Answers < FewestAnswers) is { } few
                ? $"with {few.AtOnce} at once there were only {few.Answers} answers, and at least {FewestAnswers} are needed: measure for longer (--seconds)"
            : !(measurement.CpuMs > 0) ? $"the CPU account ({measurement.CpuOf}) fell while it was measured, or did not rise at all: something that it is made of ended meanwhile; measure again"
            : usl is not null && Math.Min(ErrorOf(measurement, usl.PerSecond), ErrorOf(measurement, atOnce => Estimate(measurement, atOnce))) is var error && !(error <= MostModelError)
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"neither model fits what was measured: the better one is off by {100 * error:0.0} % on average, and {100 * MostModelError:0} % is allowed; measure for longer (--seconds) or on a quieter machine")
            : null;
    }

    /// <summary>Makes an advice of a measurement that has no <see cref="Obstacle"/>.</summary>
    public static Advice Of(Measurement measured, UslFit usl, double utilisation)
    {
        var exact = ThreadsFor(measured.Cores, utilisation, measured.Profile.WaitMs, measured.CpuMs);
        var threads = (int)Math.Clamp(Math.Round(exact), 1, measured.Most);
        var (byEstimate, byUsl) = (Estimate(measured, threads), usl.PerSecond(threads));
        var (estimateError, uslError) = (ErrorOf(measured, atOnce => Estimate(measured, atOnce)), ErrorOf(measured, usl.PerSecond));

        // Little's law: so many are in use on average.
        var used = (uslError < estimateError ? byUsl : byEstimate) * measured.Profile.ConnectionMs / 1e3;
        return new Advice
        {
            Measured = measured,
            Utilisation = utilisation,
            Usl = usl,
            Strategy = StrategyRule.For(measured.Profile.WaitMs, measured.CpuMs),
            Threads = threads,
            Connections = Math.Clamp((int)Math.Ceiling(used * HeadRoom), 1, Math.Min(threads, measured.Connections)),
            IsCapped = Math.Round(exact) > measured.Most,
            ByEstimate = byEstimate,
            ByUsl = byUsl,
            EstimateError = estimateError,
            UslError = uslError,
        };
    }

    private static double ErrorOf(Measurement measured, Func<double, double> model) =>
        measured.Points.Average(point => Math.Abs(model(point.AtOnce) - point.PerSecond) / point.PerSecond);
}
