using WebConcurrency.Server.Workloads;

namespace WebConcurrency.Server.Endpoints;

/// <summary>Every workload under every strategy: <c>/{strategy}/{workload}</c>, and <c>/{workload}</c> under the default.</summary>
internal sealed class WorkEndpoints(IEnumerable<IWorkload> workloads, StrategyRoutes routes)
{
    public void Map(IEndpointRouteBuilder endpoints)
    {
        foreach (var workload in workloads)
        {
            routes.Map(
                endpoints,
                HttpMethods.Get,
                workload.Name,
                context => ValueTask.FromResult(QueryParameters.Read(context.Request.Query, workload.Parameters)),
                workload.RunAsync,
                static (_, result) => result,
                new WorkDescription(workload.Name, workload.Summary, workload.Parameters));
        }

        endpoints.MapGet("/plain", () => TypedResults.Text("Hello, World!"));
    }
}
