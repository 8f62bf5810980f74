namespace WebConcurrency.Outputs;

/// <summary>Context switches: because the thread waited, and because the system wanted its CPU for something else.</summary>
internal sealed record SwitchesJson(long Voluntary, long Involuntary);
