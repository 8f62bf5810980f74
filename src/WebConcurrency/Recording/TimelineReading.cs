namespace WebConcurrency.Recording;

/// <summary>The shared clock and its two running integrals at one instant, in ticks of that clock.</summary>
/// <param name="Now">The instant.</param>
/// <param name="Work">Request-ticks of work done by all requests so far: two that work for one tick make two.</param>
/// <param name="Covered">Ticks so far in which at least one request worked.</param>
/// <param name="WorkLogPosition">How many stretches of work had ended by then.</param>
/// <param name="Workers">How many requests worked at that instant.</param>
internal readonly record struct TimelineReading(long Now, long Work, long Covered, long WorkLogPosition, int Workers);
