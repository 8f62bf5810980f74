namespace WebConcurrency.Lab.Calibration;

/// <summary>What a figure counts.</summary>
internal enum Unit
{
    Milliseconds,
    Times,
    Bytes,
}
