using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using WebConcurrency.Ledger;
using WebConcurrency.Recording;

namespace WebConcurrency.Outputs;

/// <summary>The records as JSON.</summary>
internal sealed class ConcurrencyEndpoints(RequestLedger ledger, RequestConcurrencyOptions options, RequestLog log, ThreadPoolProbe probe)
{
    private const int DefaultLast = 100;

    /// <summary>Where so many records are still to be made, nobody looks for the one that has just ended: whoever looks at a loaded server does not wait.</summary>
    private const int Many = 32;

    /// <summary>A record takes some 20 ms, and on a busy machine what the busy machine takes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(2);

    /// <summary>Named for one wait; a request of many short waits and a busy server would else make an answer without end.</summary>
    private const int MostNamed = 100;

    private readonly Columns _columns = new(options);

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/requests", (Delegate)Requests);
        endpoints.MapGet("/requests/{id}", Request);
        endpoints.MapGet("/summary", (Delegate)Summarize);
    }

    private async Task<IResult> Requests(HttpContext context)
    {
        if (!QueryNumber.TryRead(context, "last", 1, ledger.Capacity, DefaultLast, out var last, out var problem)
            || !QueryNumber.TryRead(context, "since", 0, long.MaxValue, -1, out var since, out problem))
        {
            return problem!;
        }

        await UntilSettledAsync(ledger, context.RequestAborted);
        if (since < 0)
        {
            return Rows(ledger.Newest((int)last));
        }

        // Whoever follows wants the next ones, not the newest ones.
        if (ledger.Oldest - 1 - since is > 0 and var gone)
        {
            context.Response.Headers["X-Overrun"] = gone.ToString(CultureInfo.InvariantCulture);
        }

        return Rows(ledger.After(since, (int)last));
    }

    private JsonHttpResult<RecordJson[]> Rows(ImmutableArray<RequestRecord> records) =>
        TypedResults.Json(records.Reverse().Select(_columns.Of).ToArray(), ConcurrencyJsonContext.Default.RecordJsonArray);

    private async Task<IResult> Request(HttpContext context, string id)
    {
        if (!QueryNumber.TryParse(id, out var number) || number < 1)
        {
            return QueryNumber.Problem(StatusCodes.Status400BadRequest, $"id must be a whole number from 1 to {long.MaxValue}.");
        }

        await UntilSettledAsync(ledger, context.RequestAborted);
        return ledger.Find(number) is { } record
            ? TypedResults.Json(Detail(record), ConcurrencyJsonContext.Default.RecordDetailJson)
            : QueryNumber.Problem(
                StatusCodes.Status404NotFound,
                $"No finished request {number} is kept: it still runs, was never recorded, or {ledger.Capacity} others have finished since.");
    }

    private async Task<JsonHttpResult<SummaryJson>> Summarize(HttpContext context)
    {
        await UntilSettledAsync(ledger, context.RequestAborted);
        var counts = ledger.Counts;
        var (kept, routes) = Summary.Of(ledger, _columns.Numbers);
        return TypedResults.Json(
            new SummaryJson(
                counts.Running, counts.Queued, counts.Leftover, counts.Finished, counts.Dropped, ledger.Faults, log.LinesLeftOut,
                ThreadPoolJson.From(probe.Reading), kept, routes),
            ConcurrencyJsonContext.Default.SummaryJson);
    }

    /// <summary>Whoever has just had an answer wants to see its record, which is made a moment later; bounded, should that moment not come.</summary>
    public static async Task UntilSettledAsync(RequestLedger ledger, CancellationToken aborted)
    {
        var finished = ledger.Finished;
        var asked = Stopwatch.GetTimestamp();
        while (finished - ledger.Settled is > 0 and < Many && Stopwatch.GetElapsedTime(asked) < Patience)
        {
            await Task.Delay(LookPause, aborted);
        }
    }

    private RecordDetailJson Detail(RequestRecord record) =>
        new(_columns.Of(record), [.. record.Phases.Select(phase => Detail(record, phase))], record.PhasesLeftOut);

    private PhaseJson Detail(RequestRecord record, Phase phase)
    {
        var shown = new PhaseJson(
            Columns.Name(phase.Kind), Offset(phase.Start), Offset(phase.End), Columns.Milliseconds(ledger.Length(phase.End - phase.Start)))
        {
            Thread = phase.Thread is { } thread ? ThreadJson.From(thread) : null,
        };
        if (!phase.Kind.IsIoWait())
        {
            return shown;
        }

        var finding = ledger.WhoWorked(record, other => other == phase, MostNamed);
        return shown with
        {
            OverlappedBy = [.. finding.Workers.Select(Name)],
            OverlappedByAll = finding.Complete && finding.Workers.Length == finding.Count,
        };

        OverlapJson Name(OverlapShare share)
        {
            var known = ledger.TryName(share.Who, out var route, out var strategy);
            return new OverlapJson(
                share.Who, known ? route ?? "(none)" : null, strategy, ThreadJson.From(share.Thread), Columns.Milliseconds(share.Work));
        }

        double Offset(long timestamp) => Columns.Milliseconds(ledger.Length(timestamp - record.Figures.Started));
    }
}
