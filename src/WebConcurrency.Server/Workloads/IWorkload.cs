using WebConcurrency.Server.Waiting;

namespace WebConcurrency.Server.Workloads;

/// <summary>What a request does, written once for blocking and async strategies. Thread-safe.</summary>
internal interface IWorkload
{
    /// <summary>The name in the URL and in the records.</summary>
    string Name { get; }

    /// <summary>What it does, in a sentence for those who call it.</summary>
    string Summary => "";

    /// <summary>What can be asked for.</summary>
    IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Does it. Everything it needs is in the arguments: it may outlive the HTTP request.</summary>
    /// <param name="arguments">One value for each of <see cref="Parameters"/>, in their order and within their bounds.</param>
    /// <param name="waiting">How to wait.</param>
    /// <param name="cancellationToken">Nobody waits for the result any more.</param>
    /// <returns>The answer's <c>result</c>.</returns>
    ValueTask<object> RunAsync(IReadOnlyList<int> arguments, IWaiting waiting, CancellationToken cancellationToken);
}
