using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using WebConcurrency.Recording;
using WebConcurrency.Server.Admission;
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
    /// <param name="read">Copies what the work needs out of the request, before its deadline.</param>
    /// <param name="work">Does it, with nothing of the request but that copy.</param>
    /// <param name="answer">Sets status and headers and says what the answer's <c>result</c> is.</param>
    /// <param name="description">What it takes and gives.</param>
    public void Map<TInput, TOutcome>(
        IEndpointRouteBuilder endpoints,
        string method,
        string path,
        Func<HttpContext, RequestDeadline, ValueTask<TInput>> read,
        Func<TInput, IWaiting, CancellationToken, ValueTask<TOutcome>> work,
        Func<HttpResponse, TOutcome, object> answer,
        WorkDescription description)
    {
        endpoints.MapMethods($"/{path}", [method], context => ServeAsync(context, Known(_default), read, work, answer, description)).WithMetadata(description);
        endpoints.MapMethods(
            $"/{{strategy}}/{path}",
            [method],
            context => ServeAsync(context, Known((string)context.GetRouteValue("strategy")!), read, work, answer, description)).WithMetadata(description);
    }

    /// <summary>Serves <c>/{path}</c> under one strategy alone, also when it is switched off for others.</summary>
    /// <inheritdoc cref="Map"/>
    public void MapUnder<TInput, TOutcome>(
        IStrategy strategy,
        IEndpointRouteBuilder endpoints,
        string method,
        string path,
        Func<HttpContext, RequestDeadline, ValueTask<TInput>> read,
        Func<TInput, IWaiting, CancellationToken, ValueTask<TOutcome>> work,
        Func<HttpResponse, TOutcome, object> answer,
        WorkDescription description) =>
        endpoints.MapMethods($"/{path}", [method], context => ServeAsync(context, strategy, read, work, answer, description))
            .WithMetadata(description with { Strategy = strategy });

    private IStrategy Known(string name) => _strategies.GetValueOrDefault(name) ?? throw new UnknownStrategyException();

    private async Task ServeAsync<TInput, TOutcome>(
        HttpContext context,
        IStrategy strategy,
        Func<HttpContext, RequestDeadline, ValueTask<TInput>> read,
        Func<TInput, IWaiting, CancellationToken, ValueTask<TOutcome>> work,
        Func<HttpResponse, TOutcome, object> answer,
        WorkDescription description)
    {
        var urgency = QueryParameters.ReadUrgency(context.Request.Query, strategy.MakesThreads);
        using var deadline = runner.StartDeadline();
        var input = await read(context, deadline);
        RequestRecorder.Current?.Label(strategy.Name, description.Workload);

        // From here to the outcome nothing touches the context: the body's thread may outlive this request, and the next one reuses it.
        var waiting = styles.For(strategy.Style);
        var running = runner.RunAsync(
            strategy, token => waiting.RunAsync(() => work(input, waiting, token), token), context.RequestAborted, urgency, deadline);
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
