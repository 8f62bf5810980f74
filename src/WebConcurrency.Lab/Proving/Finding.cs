namespace WebConcurrency.Lab.Proving;

/// <summary>All readings of one figure.</summary>
/// <param name="Prediction">The figure, and where it must be found.</param>
/// <param name="Measured">The median of the readings; not a number when there are none.</param>
/// <param name="Readings">How many there are.</param>
internal sealed record Finding(Prediction Prediction, double Measured, int Readings)
{
    public bool Holds => Prediction.Admits(Measured) && !double.IsNaN(Measured);
}
