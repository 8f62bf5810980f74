namespace WebConcurrency.Server.Admission;

/// <summary>The request took longer than a request may take.</summary>
public sealed class DeadlineExceededException(TimeSpan limit)
    : Exception($"The request took longer than the limit of {limit.TotalSeconds:0.###} s.");
