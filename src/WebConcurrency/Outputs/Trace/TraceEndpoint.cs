using System.Text.Json;
using Microsoft.AspNetCore.Http;
using WebConcurrency.Ledger;

namespace WebConcurrency.Outputs.Trace;

/// <summary>The newest records in the Trace Event Format, which Perfetto, speedscope and Chrome's own viewer open.</summary>
internal sealed class TraceEndpoint(RequestLedger ledger, RequestConcurrencyOptions options, Timebase timebase)
{
    private const int DefaultLast = 1_000;
    private const int Chunk = 64 * 1024;

    public async Task<IResult> WriteAsync(HttpContext context)
    {
        if (!QueryNumber.TryRead(context, "last", 1, ledger.Capacity, DefaultLast, out var last, out var problem))
        {
            return problem!;
        }

        await ConcurrencyEndpoints.UntilSettledAsync(ledger, context.RequestAborted);
        var records = ledger.Newest((int)last);
        context.Response.ContentType = "application/json";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"concurrency-trace.json\"";
        context.Response.Headers.CacheControl = "no-store";

        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        var trace = new TraceWriter(json, options, timebase);
        trace.Begin(records);
        var flushed = 0L;
        foreach (var record in records)
        {
            trace.Write(record);

            // Written as it is made: ten thousand records are some tens of megabytes.
            if (json.BytesPending + json.BytesCommitted - flushed >= Chunk)
            {
                json.Flush();
                flushed = json.BytesCommitted;
                await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
            }
        }

        trace.End(records);
        return TypedResults.Empty;
    }
}
