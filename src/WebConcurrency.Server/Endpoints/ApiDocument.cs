using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using WebConcurrency.Server.Strategies;

namespace WebConcurrency.Server.Endpoints;

/// <summary>
/// Describes what the framework cannot see: endpoints under strategies read their requests themselves. Made of the metadata of the endpoints that there are,
/// so that nothing is described twice or forgotten.
/// </summary>
internal sealed class ApiDocument(
    EndpointDataSource endpoints, IEnumerable<IStrategy> strategies, IOptions<StrategyOptions> options, RequestConcurrencyOptions recording)
    : IOpenApiDocumentTransformer
{
    private readonly string[] _strategies = [.. strategies.Select(strategy => strategy.Name).Except(options.Value.Off)];
    private readonly string[] _makeThreads = [.. strategies.Where(strategy => strategy.MakesThreads).Select(strategy => strategy.Name).Except(options.Value.Off)];

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "WebConcurrency",
            Version = typeof(ApiDocument).Assembly.GetName().Version?.ToString(3),
            Description = "Shows what a thread is doing while a request waits. Whole numbers are digits behind at most a minus; a parameter left out has its default, one given twice is an error.",
        };
        document.AddComponent(ApiSchemas.Problem, ApiSchemas.ProblemDetails());
        foreach (var endpoint in endpoints.Endpoints.OfType<RouteEndpoint>())
        {
            if (endpoint.Metadata.GetMetadata<WorkDescription>() is { } description)
            {
                foreach (var method in endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods)
                {
                    Add(document, endpoint.RoutePattern.RawText!, HttpMethod.Parse(method), Operation(endpoint, description, method, document));
                }
            }
        }

        Add(document, "/metrics", HttpMethod.Get, Metrics());
        DescribeRecords(document);
        return Task.CompletedTask;
    }

    private static void Add(OpenApiDocument document, string path, HttpMethod method, OpenApiOperation operation)
    {
        document.Paths ??= [];
        if (!document.Paths.TryGetValue(path, out var item))
        {
            document.Paths[path] = item = new OpenApiPathItem();
        }

        ((OpenApiPathItem)item).AddOperation(method, operation);
    }

    private OpenApiOperation Operation(RouteEndpoint endpoint, WorkDescription description, string method, OpenApiDocument document)
    {
        var namesStrategy = endpoint.RoutePattern.GetParameter("strategy") is not null;
        var (strategy, makesThreads) = description.Strategy is { } only ? (only.Name, only.MakesThreads) : (options.Value.Default, _makeThreads.Contains(options.Value.Default));
        var operation = new OpenApiOperation
        {
            OperationId = $"{method.ToLowerInvariant()}-{description.Workload}{(namesStrategy ? "-under" : "")}",
            Summary = description.Summary,
            Description = namesStrategy ? "Under the strategy that the path names."
                : description.Strategy is null ? $"Under the default strategy, {strategy}."
                : $"Under the strategy {strategy}.",
            Tags = new HashSet<OpenApiTagReference> { new(description.Workload, document) },
            Parameters = [.. description.Query.Select(ApiSchemas.Query), .. Priority(namesStrategy ? _makeThreads.Length > 0 : makesThreads)],
            Responses = new OpenApiResponses
            {
                ["200"] = Answer(description),
                ["400"] = ApiSchemas.Error("A parameter is not a whole number, out of its bounds or given twice; the detail names it and its bounds.", document),
                ["404"] = ApiSchemas.Error("There is no such strategy or workload; the detail lists those that there are.", document),
                ["500"] = ApiSchemas.Timed(ApiSchemas.Error("The server failed; its log has the reason.", document)),
                ["503"] = Unavailable(document),
                ["504"] = ApiSchemas.Timed(ApiSchemas.Error("The request's deadline has passed, or the database took too long.", document)),
            },
        };
        if (namesStrategy)
        {
            operation.Parameters.Insert(0, new OpenApiParameter
            {
                Name = "strategy", In = ParameterLocation.Path, Required = true, Schema = ApiSchemas.OneOf(_strategies, options.Value.Default),
            });
        }

        description.Extend?.Invoke(operation, document);
        return operation;
    }

    private IEnumerable<IOpenApiParameter> Priority(bool isAccepted) => !isAccepted ? [] :
    [
        new OpenApiParameter
        {
            Name = "priority",
            In = ParameterLocation.Query,
            Description = $"Of the thread that is made for the request; accepted only under {string.Join(" and ", _makeThreads)}.",
            Schema = ApiSchemas.OneOf(["low", "normal"], "normal"),
        },
    ];

    private static OpenApiResponse Answer(WorkDescription description)
    {
        var schema = ApiSchemas.Answer(typeof(WorkAnswer));
        if (description.Result is { } result)
        {
            schema.Properties!["result"] = ApiSchemas.Answer(result);
        }

        return new OpenApiResponse
        {
            Description = "Done: by whom, and where the time went.",
            Headers = new Dictionary<string, IOpenApiHeader> { [ServerTiming.Header] = ApiSchemas.Timing() },
            Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new OpenApiMediaType { Schema = schema } },
        };
    }

    private static OpenApiResponse Unavailable(OpenApiDocument document)
    {
        var response = ApiSchemas.Timed(ApiSchemas.Error("No room, no thread in time, or no database: come again.", document));
        response.Headers!["Retry-After"] = new OpenApiHeader { Description = "Seconds.", Schema = ApiSchemas.Integer(1, 3) };
        return response;
    }

    private static OpenApiOperation Metrics() => new()
    {
        OperationId = "metrics",
        Summary = "The metrics, for Prometheus.",
        Responses = new OpenApiResponses
        {
            ["200"] = new OpenApiResponse
            {
                Description = "Prometheus' text format.",
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["text/plain"] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } },
                },
            },
        },
    };

    /// <summary>The library reads these endpoints' parameters itself and knows nothing of descriptions.</summary>
    private void DescribeRecords(OpenApiDocument document)
    {
        Describe(
            "/concurrency/requests",
            "The newest finished requests' records, newest first; or those after a sequence.",
            ApiSchemas.Query("last", ApiSchemas.Integer(1, recording.RecordsKept), 100),
            ApiSchemas.Query("since", ApiSchemas.Integer(0, long.MaxValue)));
        Describe(
            "/concurrency/requests/{id}",
            "One record whole: its phases, and who worked during its waits.",
            new OpenApiParameter { Name = "id", In = ParameterLocation.Path, Required = true, Schema = ApiSchemas.Integer(1, long.MaxValue) });
        Describe(
            "/concurrency/trace",
            "The newest records in the Trace Event Format, for Perfetto and speedscope.",
            ApiSchemas.Query("last", ApiSchemas.Integer(1, recording.RecordsKept), 1_000));
        Describe(
            "/concurrency/events",
            "Finished requests as server-sent events, as they end: so many of the last ones first, or those after a sequence.",
            ApiSchemas.Query("last", ApiSchemas.Integer(0, recording.RecordsKept), 0),
            ApiSchemas.Query("since", ApiSchemas.Integer(0, long.MaxValue)),
            new OpenApiParameter
            {
                Name = "Last-Event-ID",
                In = ParameterLocation.Header,
                Description = "As browsers send it when they come back: the same as since, and before it.",
                Schema = ApiSchemas.Integer(0, long.MaxValue),
            });

        void Describe(string path, string summary, params IOpenApiParameter[] parameters)
        {
            if (document.Paths.TryGetValue(path, out var item) && item.Operations?[HttpMethod.Get] is { } operation)
            {
                (operation.Summary, operation.Parameters) = (summary, parameters);
            }
        }
    }
}
