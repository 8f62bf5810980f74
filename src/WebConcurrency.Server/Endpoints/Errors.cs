using System.Globalization;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.Options;
using Npgsql;
using WebConcurrency.Recording;
using WebConcurrency.Server.Admission;
using WebConcurrency.Server.Database;
using WebConcurrency.Server.Queueing;
using WebConcurrency.Server.Strategies;
using WebConcurrency.Server.Workloads;

namespace WebConcurrency.Server.Endpoints;

/// <summary>What is wrong, as <c>application/problem+json</c>; the only place that turns a failure into a status.</summary>
internal sealed partial class Errors(
    IEnumerable<IStrategy> strategies, IEnumerable<IWorkload> workloads, IOptions<StrategyOptions> options, TimeProvider time, ILogger<Errors> logger)
    : IExceptionHandler
{
    private const int ClientClosedRequest = 499;

    private static readonly TimeSpan WarnPause = TimeSpan.FromSeconds(5);

    private long _warned;

    private readonly string _known =
        $"Strategies: {string.Join(", ", strategies.Select(strategy => strategy.Name).Except(options.Value.Off))}. "
        + $"Workloads: {string.Join(", ", workloads.Select(workload => workload.Name))}; also /plain. "
        + "A path is /{strategy}/{workload} or /{workload}. "
        + "Orders: POST to /orders or /{strategy}/orders, GET /orders/{id} or /{strategy}/orders/{id}.";

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if ((exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested)
            || exception is ConnectionResetException or ConnectionAbortedException)
        {
            // Nobody reads it; the record does.
            context.Response.StatusCode = ClientClosedRequest;
            return true;
        }

        var (status, detail) = Describe(exception);
        if (status == StatusCodes.Status500InternalServerError)
        {
            Failed(logger, exception);
        }
        else if (exception is NpgsqlException or DatabaseUnreachableException && MayWarn())
        {
            DatabaseFailed(logger, exception.InnerException?.Message ?? exception.Message);
        }

        await WriteAsync(context, status, detail);
        return true;
    }

    /// <summary>Gives a body to an answer that has none: no route, or not this method.</summary>
    public Task DescribeStatusAsync(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => WriteAsync(context, StatusCodes.Status404NotFound, _known),
        ClientClosedRequest => Task.CompletedTask,
        var status => WriteAsync(context, status, null),
    };

    private (int Status, string? Detail) Describe(Exception exception) => exception switch
    {
        BadParameterException or BadOrderException => (StatusCodes.Status400BadRequest, exception.Message),
        BadHttpRequestException bad => (bad.StatusCode, null),
        UnknownStrategyException => (StatusCodes.Status404NotFound, _known),
        UnknownOrderException => (StatusCodes.Status404NotFound, exception.Message),
        StockShortException => (StatusCodes.Status409Conflict, exception.Message),
        BodyTooLargeException => (StatusCodes.Status413PayloadTooLarge, exception.Message),
        ContentTypeException => (StatusCodes.Status415UnsupportedMediaType, exception.Message),
        KeyReusedException => (StatusCodes.Status422UnprocessableEntity, exception.Message),
        TurnedAwayException => (StatusCodes.Status503ServiceUnavailable, exception.Message),
        DeadlineExceededException => (StatusCodes.Status504GatewayTimeout, exception.Message),
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } or NpgsqlException { InnerException: TimeoutException } =>
            (StatusCodes.Status504GatewayTimeout, "The database took longer than a statement may take."),
        DatabaseUnreachableException => (StatusCodes.Status503ServiceUnavailable, exception.Message),
        NpgsqlException failure when IsUnavailable(failure) => (StatusCodes.Status503ServiceUnavailable, "The database is not available now."),
        _ => (StatusCodes.Status500InternalServerError, null),
    };

    /// <summary>It could not be reached, refused, or broke the connection; not: it disliked a statement.</summary>
    private static bool IsUnavailable(NpgsqlException exception) => exception is not PostgresException postgres
        || postgres.SqlState[..2] is "08" or "28" or "3D" or "53" or "57";

    private static Task WriteAsync(HttpContext context, int status, string? detail)
    {
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            // Not all at the same moment.
            context.Response.Headers.RetryAfter = Random.Shared.Next(1, 4).ToString(CultureInfo.InvariantCulture);
        }

        if (RequestRecorder.Current is { Strategy: not null } recorder && recorder.Times() is { } times)
        {
            // It was handed to a strategy. Turned away after a second in the queue, or told after three queries that the stock is short: the parts tell which,
            // and by its number its record is found.
            context.Response.Headers[ServerTiming.Header] = ServerTiming.Of(times);
            return TypedResults.Problem(detail, statusCode: status, extensions: [new("id", recorder.Id)]).ExecuteAsync(context);
        }

        return TypedResults.Problem(detail, statusCode: status).ExecuteAsync(context);
    }

    /// <summary>Once in five seconds: a lost database fails every request.</summary>
    private bool MayWarn()
    {
        var now = time.GetTimestamp();
        var last = Interlocked.Read(ref _warned);
        return (last == 0 || time.GetElapsedTime(last, now) >= WarnPause) && Interlocked.CompareExchange(ref _warned, now, last) == last;
    }

    [LoggerMessage(2201, LogLevel.Warning, "The database failed a request, and perhaps others in these seconds: {Reason:l}")]
    private static partial void DatabaseFailed(ILogger logger, string reason);

    [LoggerMessage(2200, LogLevel.Error, "A request failed")]
    private static partial void Failed(ILogger logger, Exception exception);
}
