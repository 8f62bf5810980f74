namespace WebConcurrency.Lab.Calibration;

/// <summary>What became of a figure.</summary>
internal enum Outcome
{
    /// <summary>The record says what is known.</summary>
    Right,

    /// <summary>It says something else.</summary>
    Off,

    /// <summary>The records do not have the column: the machine does not support it.</summary>
    Absent,

    /// <summary>Nothing is known here that it could be compared with.</summary>
    NotTried,
}
