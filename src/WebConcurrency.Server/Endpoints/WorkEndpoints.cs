using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using WebConcurrency.Recording;
using WebConcurrency.Server.Strategies;
using WebConcurrency.Server.Waiting;
using WebConcurrency.Server.Workloads;

namespace WebConcurrency.Server.Endpoints;

/// <summary>Every workload under every strategy: <c>/{strategy}/{workload}</c>, and <c>/{workload}</c> under the default.</summary>
internal sealed class WorkEndpoints(
    IEnumerable<IStrategy> strategies, IEnumerable<IWorkload> workloads, StrategyRunner runner,
    WaitingStyles styles, IOptions<StrategyOptions> options)
{
    private readonly FrozenDictionary<string, IStrategy> _strategies =
        strategies.Where(strategy => !options.Value.Off.Contains(strategy.Name)).ToFrozenDictionary(strategy => strategy.Name, StringComparer.Ordinal);
    private readonly string _default = options.Value.Default;

    public void Map(IEndpointRouteBuilder endpoints)
    {
        foreach (var workload in workloads)
        {
            endpoints.MapGet($"/{workload.Name}", context => ServeAsync(context, _default, workload));
            endpoints.MapGet($"/{{strategy}}/{workload.Name}", context => ServeAsync(context, (string)context.GetRouteValue("strategy")!, workload));
        }

        endpoints.MapGet("/plain", () => TypedResults.Text("Hello, World!"));
    }

    private async Task ServeAsync(HttpContext context, string strategyName, IWorkload workload)
    {
        var strategy = _strategies.GetValueOrDefault(strategyName) ?? throw new UnknownStrategyException();
        var arguments = QueryParameters.Read(context.Request.Query, workload.Parameters);
        var urgency = QueryParameters.ReadUrgency(context.Request.Query, strategy.MakesThreads);
        RequestRecorder.Current?.Label(strategy.Name, workload.Name);

        // From here to the outcome nothing touches the context: the body's thread may outlive this request, and the next one reuses it.
        var waiting = styles.For(strategy.Style);
        var result = await runner.RunAsync(
            strategy, token => waiting.RunAsync(() => workload.RunAsync(arguments, waiting, token), token), context.RequestAborted, urgency);

        var answer = WorkAnswer.Of(strategy.Name, workload.Name, result, RequestRecorder.Current);
        if (answer.ServerTiming is { } timing)
        {
            context.Response.Headers["Server-Timing"] = timing;
        }

        await context.Response.WriteAsJsonAsync(answer, AnswerJson.Options, context.RequestAborted);
    }
}
