namespace WebConcurrency.Lab.Load;

/// <summary>What is asked of a server, how hard and for how long.</summary>
/// <param name="Path">The path with its query, without a slash in front.</param>
/// <param name="Connections">Requests that may be under way at once. In a closed loop as many as are.</param>
/// <param name="Measured">How long is measured.</param>
internal sealed record LoadPlan(string Path, int Connections, TimeSpan Measured)
{
    /// <summary>How long the same is done before, for nobody's account: the first requests pay for connections and for compiling.</summary>
    public TimeSpan WarmUp { get; init; }

    /// <summary>Requests that are due each second, whatever becomes of those before (an open loop); <see langword="null"/>: each connection asks again once it is answered.</summary>
    public double? Rate { get; init; }

    /// <summary>How long a server may leave every request unanswered, and how long those last under way are waited for.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);
}
