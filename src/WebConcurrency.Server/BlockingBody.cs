namespace WebConcurrency.Server;

/// <summary>The promise of a blocking strategy: whoever waits blocks, so a body is over when it returns.</summary>
internal static class BlockingBody
{
    /// <returns>The body's result.</returns>
    /// <exception cref="InvalidOperationException">The promise was broken: the body awaited, and would go on on some other thread.</exception>
    public static T Result<T>(ValueTask<T> body) => body.IsCompleted
        ? body.GetAwaiter().GetResult()
        : throw new InvalidOperationException(
            "A body that must block its thread returned before it was over: one of its waits was awaited instead of blocked.");
}
