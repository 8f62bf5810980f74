using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using WebConcurrency.Ledger;
using WebConcurrency.Outputs;
using WebConcurrency.Recording;

namespace WebConcurrency;

/// <summary>Opens a recorder for each request and closes it when the response is complete. Never changes a response.</summary>
internal sealed class RequestConcurrencyMiddleware(
    RequestDelegate next, RequestLedger ledger, MomentLog moments, ObservingRequests observing, ArrivalTimes arrivals, IOptions<RequestConcurrencyOptions> options)
{
    private const int ClientClosedRequest = 499;

    private static readonly Func<object, Task> Completed = Complete;

    private readonly bool _enabled = options.Value.Enabled;

    public Task InvokeAsync(HttpContext context)
    {
        if (!_enabled || TryOpen(context) is not { } recorder)
        {
            return next(context);
        }

        // Not in an async method, which would take it back when it ends: the request goes on after it, until its response is complete.
        AmbientRecorder.Current = recorder.Pipeline;
        return RecordAsync(context, recorder);
    }

    private async Task RecordAsync(HttpContext context, RequestRecorder recorder)
    {
        try
        {
            await next(context);
        }
        catch (Exception exception)
        {
            // Nobody below has answered: what is sent is decided above, mostly a 500. Not every server completes such a response.
            recorder.Routed(RouteOf(context));
            recorder.Close(StatusAfter(exception, context));
            throw;
        }

        // Routing may have run behind this middleware; an error handler may have undone what it found.
        recorder.Routed(RouteOf(context));
    }

    private RequestRecorder? TryOpen(HttpContext context)
    {
        try
        {
            if (observing.Includes(context))
            {
                return null;
            }

            var recorder = ledger.Open(KnownMethod(context.Request.Method), moments.Observer());
            recorder.Routed(RouteOf(context));
            if (recorder.IsMetered)
            {
                recorder.Arrived(arrivals.Of(context));
            }

            if (TracedIn(context) is { } activity)
            {
                recorder.Traced(activity);
            }

            context.Response.OnCompleted(Completed, new Completion(recorder, context));
            ObservingRequests.WithdrawIfItStaysOpen(context, recorder);
            return recorder;
        }
        catch (Exception exception)
        {
            ledger.Fault(exception);
            return null;
        }
    }

    /// <summary>The request's own activity, when somebody wants all of its data; with nobody listening this is the look at one thread-local value.</summary>
    private static Activity? TracedIn(HttpContext context) =>
        Activity.Current is not null && context.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } activity ? activity : null;

    private static Task Complete(object state)
    {
        var (recorder, context) = (Completion)state;
        recorder.Close(context.Response.StatusCode);
        return Task.CompletedTask;
    }

    private static int StatusAfter(Exception exception, HttpContext context) =>
        context.Response.HasStarted ? context.Response.StatusCode
        : exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested ? ClientClosedRequest
        : exception is BadHttpRequestException bad ? bad.StatusCode
        : StatusCodes.Status500InternalServerError;

    private static string? RouteOf(HttpContext context) => (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;

    private static string KnownMethod(string method) =>
        HttpMethods.GetCanonicalizedValue(method) switch
        {
            var known when HttpMethods.IsGet(known) || HttpMethods.IsPost(known) || HttpMethods.IsPut(known) || HttpMethods.IsDelete(known)
                || HttpMethods.IsPatch(known) || HttpMethods.IsHead(known) || HttpMethods.IsOptions(known) || HttpMethods.IsTrace(known)
                || HttpMethods.IsConnect(known) => known,
            _ => "_OTHER",
        };

    private sealed record Completion(RequestRecorder Recorder, HttpContext Context);
}
