namespace WebConcurrency.Lab.Proving;

/// <summary>What an experiment found once.</summary>
/// <param name="Prediction">The figure.</param>
/// <param name="Value">What it was.</param>
internal readonly record struct Reading(Prediction Prediction, double Value);
