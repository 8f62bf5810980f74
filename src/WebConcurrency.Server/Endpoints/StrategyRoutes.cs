using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using WebConcurrency.Recording;
using WebConcurrency.Server.Queueing;
using WebConcurrency.Server.Strategies;
using WebConcurrency.Server.Telemetry;
using WebConcurrency.Server.Waiting;

namespace WebConcurrency.Server.Endpoints;

/// <summary>Serves a path under every strategy, <c>/{strategy}/{path}</c>, and under the default without naming one, <c>/{path}</c>.</summary>
internal sealed class StrategyRoutes(
    IEnumerable<IStrategy> strategies, StrategyRunner runner, WaitingStyles styles, Errors errors, ServerMetrics metrics, IOptions<StrategyOptions> options)
{
    private readonly FrozenDictionary<string, IStrategy> _strategies =
        strategies.Where(strategy => !options.Value.Off.Contains(strategy.Name)).ToFrozenDictionary(strategy => strategy.Name, StringComparer.Ordinal);
    private readonly string _default = options.Value.Default;

    /// <param name="endpoints">Where to add it.</param>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path behind the strategy.</param>
    /// <param name="read">Copies what the work needs out of the request.</param>
    /// <param name="work">Does it, with nothing of the request but that copy.</param>
    /// <param name="answer">Sets status and headers and says what the answer's <c>result</c> is.</param>
    /// <param name="description">What it takes and gives.</param>
    public void Map<TInput, TOutcome>(
        IEndpointRouteBuilder endpoints,
        string method,
        string path,
        Func<HttpContext, ValueTask<TInput>> read,
        Func<TInput, IWaiting, CancellationToken, ValueTask<TOutcome>> work,
        Func<HttpResponse, TOutcome, object> answer,
        WorkDescription description)
    {
        endpoints.MapMethods($"/{path}", [method], context => ServeAsync(context, _default)).WithMetadata(description);
        endpoints.MapMethods($"/{{strategy}}/{path}", [method], context => ServeAsync(context, (string)context.GetRouteValue("strategy")!))
            .WithMetadata(description);

        async Task ServeAsync(HttpContext context, string strategyName)
        {
            var strategy = _strategies.GetValueOrDefault(strategyName) ?? throw new UnknownStrategyException();
            var urgency = QueryParameters.ReadUrgency(context.Request.Query, strategy.MakesThreads);
            var input = await read(context);
            RequestRecorder.Current?.Label(strategy.Name, description.Workload);

            // From here to the outcome nothing touches the context: the body's thread may outlive this request, and the next one reuses it.
            var waiting = styles.For(strategy.Style);
            var running = runner.RunAsync(
                strategy, token => waiting.RunAsync(() => work(input, waiting, token), token), context.RequestAborted, urgency);
            await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (running is { IsFaulted: true, Exception.InnerException: TurnedAwayException refusal })
            {
                // Not thrown to the end of the pipeline: to be turned away must cost little where thousands are at once.
                metrics.Rejected(strategy.Name, refusal);
                await errors.TryHandleAsync(context, refusal, context.RequestAborted);
                return;
            }

            var outcome = await running;
            var result = answer(context.Response, outcome);
            var written = WorkAnswer.Of(strategy.Name, description.Workload, result, RequestRecorder.Current);
            if (written.Timing is { } timing)
            {
                context.Response.Headers[ServerTiming.Header] = timing;
            }

            await context.Response.WriteAsJsonAsync(written, AnswerJson.Options, context.RequestAborted);
        }
    }
}
