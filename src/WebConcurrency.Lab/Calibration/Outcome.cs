namespace WebConcurrency.Lab.Calibration;

/// <summary>What became of a figure.</summary>
internal enum Outcome
{
    /// <summary>The record says what is known.</summary>
    Right,

    /// <summary>It says something else.</summary>
    Off,

    /// <summary>The records do not have the column, and need not: the machine does not support it, or the server's settings leave it out.</summary>
    Absent,

    /// <summary>The records do not have the column, though the system told what it should have been.</summary>
    Missing,

    /// <summary>Nothing is known here that it could be compared with.</summary>
    NotTried,
}
