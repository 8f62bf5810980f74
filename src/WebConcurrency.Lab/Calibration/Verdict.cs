namespace WebConcurrency.Lab.Calibration;

/// <summary>What all comparisons of one figure come to. The middle ones count: a machine that others use makes some of any number useless.</summary>
/// <param name="Figure">What was compared.</param>
/// <param name="Outcome">Whether it is right.</param>
/// <param name="Samples">How many comparisons there were.</param>
/// <param name="Reason">Why there is no more to say, where there is none.</param>
internal sealed record Verdict(Figure Figure, Outcome Outcome, int Samples, string? Reason = null)
{
    /// <summary>Fewer than so many say nothing; a single one may be an accident.</summary>
    public const int FewestSamples = 3;

    /// <summary>Medians of what was known and how well, of what was read, and of the difference.</summary>
    public Known Known { get; private init; }

    public double Read { get; private init; }

    public double Error { get; private init; }

    /// <summary>How far outside of what may be true it may be.</summary>
    public double Allowed { get; private init; }

    public static Verdict NotTried(Figure figure, string reason) => new(figure, Outcome.NotTried, 0, reason);

    /// <param name="figure">What was compared.</param>
    /// <param name="samples">All comparisons of it.</param>
    /// <param name="tolerance">How far it may be off.</param>
    /// <param name="excuse">Why records need not have the column; <see langword="null"/>: they should, where the truth is known.</param>
    public static Verdict Of(Figure figure, IReadOnlyCollection<Sample> samples, Tolerance tolerance, string? excuse)
    {
        var fewest = Math.Clamp(samples.Count, 1, FewestSamples);
        var present = samples.Where(sample => sample.Read is not null).ToList();
        if (present.Count < fewest)
        {
            if (samples.Count == 0)
            {
                return NotTried(figure, "the machine was too busy to show it");
            }

            var isMissing = excuse is null && samples.Count(sample => sample.Read is null && sample.Known is not null) >= fewest;
            return new Verdict(
                figure,
                isMissing ? Outcome.Missing : Outcome.Absent,
                samples.Count,
                $"absent from {samples.Count - present.Count} of {samples.Count} records; {(isMissing ? "what it should be is known" : excuse ?? "the machine does not support it")}");
        }

        var read = present.Where(sample => sample.Known is not null).Select(sample => (Known: sample.Known!.Value, Read: sample.Read!.Value)).ToList();
        if (read.Count < fewest)
        {
            return NotTried(figure, "the system tells nothing to compare it with");
        }

        var known = new Known(Median(read.Select(one => one.Known.Value)), Median(read.Select(one => one.Known.Uncertainty)));
        var allowed = tolerance.Allowed(figure, known.Value);

        // What follows from a record's own figures must hold in every one of them.
        var distances = read.Select(one => one.Known.Distance(one.Read)).ToList();
        var distance = figure.IsExact ? distances.MaxBy(Math.Abs) : Median(distances);
        return new Verdict(figure, Math.Abs(distance) <= allowed ? Outcome.Right : Outcome.Off, read.Count)
        {
            Known = known,
            Read = Median(read.Select(one => one.Read)),
            Error = Median(read.Select(one => one.Read - one.Known.Value)),
            Allowed = allowed,
        };
    }

    internal static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
