namespace WebConcurrency.Lab.Calibration;

/// <summary>A column of a record together with the truth that it is compared with.</summary>
/// <param name="Column">The column's name in the record.</param>
/// <param name="Truth">What was done, and who else took its measure.</param>
internal sealed record Figure(string Column, string Truth)
{
    public Unit Unit { get; init; }

    /// <summary>What it may be off beside its share; <see langword="null"/>: as much as is allowed to milliseconds.</summary>
    public double? Slack { get; init; }

    /// <summary>Whether there is no share: only <see cref="Slack"/> is allowed.</summary>
    public bool IsExact { get; init; }
}
