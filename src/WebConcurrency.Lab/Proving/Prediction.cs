using System.Globalization;

namespace WebConcurrency.Lab.Proving;

/// <summary>A figure of an experiment, and where it must be found.</summary>
/// <param name="What">The figure.</param>
/// <param name="Least">It must be at least so much.</param>
/// <param name="Most">And at most so much.</param>
/// <param name="Unit">What it is counted in.</param>
internal sealed record Prediction(string What, double Least, double Most, string Unit = "")
{
    /// <summary>The same where the claim does not hold: the figure must be outside of the bounds, or the experiment could not have failed.</summary>
    public bool IsCounterExample { get; init; }

    public bool Admits(double value) => (value >= Least && value <= Most) != IsCounterExample;

    /// <summary>The bounds in words.</summary>
    public string Bounds
    {
        get
        {
            var bounds = double.IsPositiveInfinity(Most) ? $"at least {Shown(Least)}" : Least <= 0 ? $"at most {Shown(Most)}" : $"{Shown(Least)} to {Shown(Most)}";
            return (IsCounterExample ? "not " : "") + bounds + (Unit.Length > 0 ? " " + Unit : "");
        }
    }

    public static string Shown(double value) => value.ToString(Math.Abs(value) is >= 100 or 0 ? "0" : "0.##", CultureInfo.InvariantCulture);
}
