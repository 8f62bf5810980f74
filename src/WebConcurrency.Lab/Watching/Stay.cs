namespace WebConcurrency.Lab.Watching;

/// <summary>What a thread did for a while, in milliseconds on the clock of the server's stream.</summary>
internal readonly record struct Stay(double StartMs, double EndMs, string Kind);
