namespace WebConcurrency.Server;

/// <summary>How a strategy has its bodies wait.</summary>
internal enum BodyStyle
{
    /// <summary>The body awaits and lets its thread go.</summary>
    Awaits,

    /// <summary>The body blocks its thread.</summary>
    Blocks,

    /// <summary>The body blocks its thread, and computes only while it holds the one lock that all such bodies share.</summary>
    BlocksUnderGlobalLock,
}
