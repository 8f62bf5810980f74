using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using WebConcurrency.Ledger;

namespace WebConcurrency.Outputs.Events;

/// <summary>Finished records as server-sent events, until the client leaves or the application stops.</summary>
internal sealed class EventsEndpoint(
    EventStream stream, EventFormat format, RequestLedger ledger, RequestConcurrencyOptions options, Timebase timebase, TimeProvider time,
    IHostApplicationLifetime lifetime)
{
    public async Task<IResult> ListenAsync(HttpContext context)
    {
        if (!QueryNumber.TryRead(context, "last", 0, ledger.Capacity, 0, out var last, out var problem)
            || !QueryNumber.TryRead(context, "since", 0, long.MaxValue, -1, out var since, out problem))
        {
            return problem!;
        }

        var newest = ledger.Newest(1) is [var record] ? record.Figures.Sequence : 0;
        var client = new EventClient(stream, ledger, format, timebase, time, Since(context, last, since, newest));
        if (!stream.TryAdd(client))
        {
            context.Response.Headers.RetryAfter = "5";
            return QueryNumber.Problem(
                StatusCodes.Status503ServiceUnavailable, $"There are {options.EventClients} listeners already (Concurrency:EventClients), or the server is stopping.");
        }

        try
        {
            await RunAsync(context, client, newest);
        }
        finally
        {
            stream.Remove(client);
        }

        return TypedResults.Empty;
    }

    private async Task RunAsync(HttpContext context, EventClient client, long newest)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        // nginx buffers answers unless told not to.
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            var hello = new HelloJson(timebase.Instance, Columns.Milliseconds(timebase.Now), newest, EventClient.Heartbeat.TotalMilliseconds) { Fire = FireJson.From(options.Fire, context.Request.PathBase) };
            await client.RunAsync(response.BodyWriter, hello, over.Token);
        }
        catch (OperationCanceledException)
        {
            if (client.IsWriting)
            {
                // It does not read what was written: a graceful end would wait for it.
                context.Abort();
            }
        }
    }

    /// <summary>
    /// A client that comes back wants what came after; one that comes back to another process has a number of that one, mostly a larger, and wants all. The header
    /// is the browser's own word of what came last; the parameter is of a page that had to begin a new stream, which has no such word.
    /// </summary>
    private static long Since(HttpContext context, long last, long since, long newest)
    {
        var seen = QueryNumber.TryParse(context.Request.Headers["Last-Event-ID"].ToString(), out var header) ? header : since;
        return seen < 0 ? Math.Max(0, newest - last) : seen <= newest ? seen : 0;
    }
}
