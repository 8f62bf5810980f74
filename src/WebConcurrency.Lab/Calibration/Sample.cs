using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Calibration;

/// <summary>One comparison of what is known with what a record says.</summary>
/// <param name="Figure">What is compared.</param>
/// <param name="Known">What is known; <see langword="null"/> when the system did not tell.</param>
/// <param name="Read">What the record says; <see langword="null"/> when it does not have the column.</param>
/// <param name="Record">The record.</param>
internal sealed record Sample(Figure Figure, Known? Known, double? Read, ServerRecord Record)
{
    /// <summary>Compares with the figure's own column.</summary>
    public Sample(Figure figure, Known? known, ServerRecord record)
        : this(figure, known, record[figure.Column], record)
    {
    }
}
