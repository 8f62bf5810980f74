namespace WebConcurrency.Lab.Advising;

/// <summary>What a server did with so many requests at once.</summary>
/// <param name="AtOnce">How many.</param>
/// <param name="PerSecond">Good answers each second.</param>
/// <param name="Answers">How many were counted.</param>
/// <param name="Failed">Answers that were no good ones, and requests that had none.</param>
/// <param name="GeneratorWasBottleneck">Whether the figures are the load generator's.</param>
internal sealed record ScalePoint(int AtOnce, double PerSecond, long Answers, long Failed = 0, bool GeneratorWasBottleneck = false);
