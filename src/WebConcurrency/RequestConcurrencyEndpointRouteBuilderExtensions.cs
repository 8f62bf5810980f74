using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WebConcurrency.Ledger;
using WebConcurrency.Outputs;
using WebConcurrency.Outputs.Events;
using WebConcurrency.Outputs.Page;
using WebConcurrency.Outputs.Trace;

namespace WebConcurrency;

/// <summary>Gives the records an HTTP face.</summary>
public static class RequestConcurrencyEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the live page <c>/concurrency</c>, and <c>/concurrency/requests</c>, <c>/concurrency/requests/{id}</c>, <c>/concurrency/summary</c>,
    /// <c>/concurrency/events</c> and <c>/concurrency/trace</c>. Outside Development they answer 404 unless they are mapped with authorization or
    /// <see cref="RequestConcurrencyOptions.Open"/> is set.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <returns>What conventions, authorization first of all, can be added to.</returns>
    /// <exception cref="InvalidOperationException"><c>AddRequestConcurrency</c> was not called.</exception>
    public static IEndpointConventionBuilder MapRequestConcurrency(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var services = endpoints.ServiceProvider;
        var ledger = services.GetService<RequestLedger>()
            ?? throw new InvalidOperationException("MapRequestConcurrency needs services.AddRequestConcurrency() first.");
        var options = services.GetRequiredService<RequestConcurrencyOptions>();
        var openToAll = options.Open || services.GetRequiredService<IHostEnvironment>().IsDevelopment();

        var group = endpoints.MapGroup("/concurrency").WithMetadata(ObservingEndpoint.Instance);
        group.AddEndpointFilter((context, next) =>
            openToAll || context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>() is not null
                ? next(context)
                : ValueTask.FromResult<object?>(TypedResults.NotFound()));
        new ConcurrencyEndpoints(
            ledger, options, services.GetRequiredService<RequestLog>(), services.GetRequiredService<ThreadPoolProbe>()).Map(group);
        ledger.AddOutput(services.GetRequiredService<EventStream>());
        services.GetRequiredService<EventMetrics>();
        group.MapGet("/events", (Delegate)services.GetRequiredService<EventsEndpoint>().ListenAsync);
        group.MapGet("/trace", (Delegate)services.GetRequiredService<TraceEndpoint>().WriteAsync);
        PageEndpoints.Map(group);
        return group;
    }

    /// <summary>Leaves this endpoint's requests out of the ledger: they only look, and must not count as somebody's work.</summary>
    /// <param name="builder">The endpoint, or a group of them.</param>
    /// <returns>The same builder.</returns>
    public static TBuilder OnlyObserves<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(ObservingEndpoint.Instance);
}
