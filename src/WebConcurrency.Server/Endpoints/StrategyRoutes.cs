using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using WebConcurrency.Recording;
using WebConcurrency.Server.Admission;
using WebConcurrency.Server.Queueing;
using WebConcurrency.Server.Strategies;
using WebConcurrency.Server.Waiting;

namespace WebConcurrency.Server.Endpoints;

/// <summary>Serves a path under every strategy, <c>/{strategy}/{path}</c>, and under the default without naming one, <c>/{path}</c>.</summary>
internal sealed class StrategyRoutes(
    IEnumerable<IStrategy> strategies, StrategyRunner runner, WaitingStyles styles, Errors errors, IOptions<StrategyOptions> options)
{
    private readonly FrozenDictionary<string, IStrategy> _strategies =
        strategies.Where(strategy => !options.Value.Off.Contains(strategy.Name)).ToFrozenDictionary(strategy => strategy.Name, StringComparer.Ordinal);
    private readonly string _default = options.Value.Default;

    /// <param name="endpoints">Where to add it.</param>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path behind the strategy.</param>
    /// <param name="workload">The name in the answers and records.</param>
    /// <param name="read">Copies what the work needs out of the request, before its deadline.</param>
    /// <param name="work">Does it, with nothing of the request but that copy.</param>
    /// <param name="answer">Sets status and headers and says what the answer's <c>result</c> is.</param>
    public void Map<TInput, TOutcome>(
        IEndpointRouteBuilder endpoints,
        string method,
        string path,
        string workload,
        Func<HttpContext, RequestDeadline, ValueTask<TInput>> read,
        Func<TInput, IWaiting, CancellationToken, ValueTask<TOutcome>> work,
        Func<HttpResponse, TOutcome, object> answer)
    {
        endpoints.MapMethods($"/{path}", [method], context => ServeAsync(context, _default));
        endpoints.MapMethods($"/{{strategy}}/{path}", [method], context => ServeAsync(context, (string)context.GetRouteValue("strategy")!));

        async Task ServeAsync(HttpContext context, string strategyName)
        {
            var strategy = _strategies.GetValueOrDefault(strategyName) ?? throw new UnknownStrategyException();
            var urgency = QueryParameters.ReadUrgency(context.Request.Query, strategy.MakesThreads);
            using var deadline = runner.StartDeadline();
            var input = await read(context, deadline);
            RequestRecorder.Current?.Label(strategy.Name, workload);

            // From here to the outcome nothing touches the context: the body's thread may outlive this request, and the next one reuses it.
            var waiting = styles.For(strategy.Style);
            var running = runner.RunAsync(
                strategy, token => waiting.RunAsync(() => work(input, waiting, token), token), context.RequestAborted, urgency, deadline);
            await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (running is { IsFaulted: true, Exception.InnerException: TurnedAwayException refusal })
            {
                // Not thrown to the end of the pipeline: to be turned away must cost little where thousands are at once.
                await errors.TryHandleAsync(context, refusal, context.RequestAborted);
                return;
            }

            var outcome = await running;
            var result = answer(context.Response, outcome);
            var written = WorkAnswer.Of(strategy.Name, workload, result, RequestRecorder.Current);
            if (written.ServerTiming is { } timing)
            {
                context.Response.Headers["Server-Timing"] = timing;
            }

            await context.Response.WriteAsJsonAsync(written, AnswerJson.Options, context.RequestAborted);
        }
    }
}
