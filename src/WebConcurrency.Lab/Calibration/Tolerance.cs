namespace WebConcurrency.Lab.Calibration;

/// <summary>How far a figure may be off.</summary>
/// <param name="Percent">Share of what is known.</param>
/// <param name="Milliseconds">And so much more, for figures in milliseconds.</param>
internal sealed record Tolerance(double Percent, double Milliseconds)
{
    public static readonly Tolerance Default = new(5, 2);

    public double Allowed(Figure figure, double known) =>
        (figure.IsExact ? 0 : Math.Abs(known) * Percent / 100) + (figure.Slack ?? Milliseconds);
}
