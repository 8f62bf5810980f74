namespace WebConcurrency.Lab.Calibration;

/// <summary>What is known without asking the recorder.</summary>
/// <param name="Value">The best guess.</param>
/// <param name="Uncertainty">How far the truth itself may be from it, to either side.</param>
internal readonly record struct Known(double Value, double Uncertainty)
{
    public static Known Exactly(double value) => new(value, 0);

    /// <summary>It is neither less than one nor more than the other.</summary>
    public static Known Between(double least, double most) => new((least + most) / 2, Math.Max(0, most - least) / 2);

    /// <summary>How far a figure is outside of what may be true, with its sign.</summary>
    public double Distance(double read) => read - Math.Clamp(read, Value - Uncertainty, Value + Uncertainty);
}
