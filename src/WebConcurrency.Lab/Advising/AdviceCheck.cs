using System.Globalization;
using WebConcurrency.Lab.Load;

namespace WebConcurrency.Lab.Advising;

/// <summary>An advice beside what a server with that setting did.</summary>
/// <param name="Advice">What was predicted.</param>
/// <param name="Load">What was measured.</param>
/// <param name="TolerancePercent">How far the one may be off the other.</param>
internal sealed record AdviceCheck(Advice Advice, LoadResult Load, double TolerancePercent)
{
    /// <summary>How far the prediction is above what was measured, as a share of it.</summary>
    public double Error => (Advice.Predicted - Load.PerSecond) / Load.PerSecond;

    /// <summary>Why the advice did not do what it promised, or nobody can say that it did; <see langword="null"/>: it did.</summary>
    public string? Fault =>
        Load.Failed > 0 ? $"{Load.Failed} requests failed in the check: {Failures}"
        : Load.GeneratorIsBottleneck ? "the load generator was the bottleneck of the check: the server may be able to do more"
        : !(100 * Math.Abs(Error) <= TolerancePercent) ? string.Create(CultureInfo.InvariantCulture, $"the prediction is off by more than {TolerancePercent:0.#} %")
        : null;

    public int ExitCode => Fault is null ? ExitCodes.Right : ExitCodes.Off;

    private string Failures => string.Join(
        ", ", Load.Refused.Select(refused => $"{refused.Value} were answered with {refused.Key}").Concat(Load.Unanswered > 0 ? [$"{Load.Unanswered} were never answered"] : []));
}
