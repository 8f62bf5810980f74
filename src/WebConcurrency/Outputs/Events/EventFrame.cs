namespace WebConcurrency.Outputs.Events;

/// <summary>One record as it goes out to everybody who listens: written once.</summary>
internal readonly record struct EventFrame(long Sequence, ReadOnlyMemory<byte> Bytes);
