using Microsoft.OpenApi;
using WebConcurrency.Server.Strategies;
using WebConcurrency.Server.Workloads;

namespace WebConcurrency.Server.Endpoints;

/// <summary>What an endpoint under strategies takes and gives, as metadata of the endpoint; <see cref="ApiDocument"/> makes its description of it.</summary>
/// <param name="Workload">Its name in answers and records.</param>
/// <param name="Summary">What it does.</param>
/// <param name="Query">What it reads from the query: the very objects by which it reads.</param>
internal sealed record WorkDescription(string Workload, string Summary, IReadOnlyList<Parameter> Query)
{
    /// <summary>The only strategy that serves it; <see langword="null"/>: the default one, or the one that the path names.</summary>
    public IStrategy? Strategy { get; init; }

    /// <summary>The type of the answer's <c>result</c>; <see langword="null"/>: anything.</summary>
    public Type? Result { get; init; }

    /// <summary>What it takes and gives beside the query, and what can go wrong beside what can under every strategy.</summary>
    public Action<OpenApiOperation, OpenApiDocument>? Extend { get; init; }
}
