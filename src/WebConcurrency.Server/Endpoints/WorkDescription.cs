using Microsoft.OpenApi;
using WebConcurrency.Server.Workloads;

namespace WebConcurrency.Server.Endpoints;

/// <summary>What an endpoint under strategies takes and gives, as metadata of the endpoint; <see cref="ApiDocument"/> makes its description of it.</summary>
/// <param name="Workload">Its name in answers and records.</param>
/// <param name="Summary">What it does.</param>
/// <param name="Query">What it reads from the query: the very objects by which it reads.</param>
internal sealed record WorkDescription(string Workload, string Summary, IReadOnlyList<Parameter> Query)
{
    /// <summary>The type of the answer's <c>result</c>; <see langword="null"/>: anything.</summary>
    public Type? Result { get; init; }

    /// <summary>What it takes and gives beside the query, and what can go wrong beside what can under every strategy.</summary>
    public Action<OpenApiOperation, OpenApiDocument>? Extend { get; init; }
}
