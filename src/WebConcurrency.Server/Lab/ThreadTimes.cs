namespace WebConcurrency.Server.Lab;

/// <summary>What a stretch of code cost its thread; what the system does not tell is left out.</summary>
/// <param name="TookMs">On the monotonic clock.</param>
/// <param name="CpuMs">On a CPU.</param>
/// <param name="RunnableMs">Ready, while the system ran something else.</param>
/// <param name="VoluntarySwitches">How often it gave its CPU up to wait.</param>
/// <param name="InvoluntarySwitches">How often its CPU was taken from it.</param>
internal sealed record ThreadTimes(double TookMs, double? CpuMs, double? RunnableMs, long? VoluntarySwitches, long? InvoluntarySwitches);
