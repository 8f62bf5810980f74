using System.Collections.Immutable;
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

    /// <summary>Named for one wait; a request of many short waits and a busy server would else make an answer without end.</summary>
    private const int MostNamed = 100;

    private readonly Columns _columns = new(options);

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/requests", Requests);
        endpoints.MapGet("/requests/{id}", Request);
        endpoints.MapGet("/summary", Summarize);
    }

    private IResult Requests(HttpContext context)
    {
        if (!TryRead(context, "last", 1, ledger.Capacity, DefaultLast, out var last, out var problem)
            || !TryRead(context, "since", 0, long.MaxValue, -1, out var since, out problem))
        {
            return problem!;
        }

        ledger.TrySettle();
        var kept = ledger.Records();
        IEnumerable<RequestRecord> wanted = kept;
        if (since >= 0)
        {
            // Whoever follows wants the next ones, not the newest ones.
            wanted = kept.Where(record => record.Sequence > since).Take((int)last);
            var gone = kept.IsEmpty ? 0 : kept[0].Sequence - 1 - since;
            if (gone > 0)
            {
                context.Response.Headers["X-Overrun"] = gone.ToString(CultureInfo.InvariantCulture);
            }
        }
        else
        {
            wanted = kept.TakeLast((int)last);
        }

        return TypedResults.Json(wanted.Reverse().Select(_columns.Of).ToArray(), ConcurrencyJsonContext.Default.RecordJsonArray);
    }

    private IResult Request(HttpContext context, string id)
    {
        if (!TryParse(id, out var number))
        {
            return Problem(StatusCodes.Status400BadRequest, $"id must be a whole number from 1 to {long.MaxValue}.");
        }

        ledger.TrySettle();
        return ledger.Records().FirstOrDefault(record => record.Id == number) is { } record
            ? TypedResults.Json(Detail(record), ConcurrencyJsonContext.Default.RecordDetailJson)
            : Problem(
                StatusCodes.Status404NotFound,
                $"No finished request {number} is kept: it still runs, was never recorded, or {ledger.Capacity} others have finished since.");
    }

    private JsonHttpResult<SummaryJson> Summarize()
    {
        ledger.TrySettle();
        var counts = ledger.Counts;
        var records = ledger.Records();
        return TypedResults.Json(
            new SummaryJson(
                counts.Running, counts.Queued, counts.Leftover, counts.Finished, counts.Dropped, ledger.Faults, log.LinesLeftOut,
                ThreadPoolJson.From(probe.Reading), records.Length, Summary.ByRoute(records, _columns)),
            ConcurrencyJsonContext.Default.SummaryJson);
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
        if (!RequestRecorder.IsIoWait(phase.Kind))
        {
            return shown;
        }

        var finding = ledger.WhoWorked(record, other => other == phase, MostNamed);
        return shown with
        {
            OverlappedBy = [.. finding.Workers.Select(share => new OverlapJson(
                share.Who.Id, share.Who.Route ?? "(none)", share.Who.Strategy, ThreadJson.From(share.Thread), Columns.Milliseconds(share.Work)))],
            OverlappedByAll = finding.Complete && finding.Workers.Length == finding.Count,
        };

        double Offset(long timestamp) => Columns.Milliseconds(ledger.Length(timestamp - record.Started));
    }

    private static bool TryRead(HttpContext context, string name, long least, long most, long absent, out long value, out IResult? problem)
    {
        var given = context.Request.Query[name];
        problem = null;
        value = absent;
        if (given.Count == 0
            || (given.Count == 1 && TryParse(given[0], out value) && value >= least && value <= most))
        {
            return true;
        }

        problem = Problem(StatusCodes.Status400BadRequest, $"{name} must be given once, as a whole number from {least} to {most}.");
        return false;
    }

    // The parser by itself lets trailing NULs pass.
    private static bool TryParse(string? text, out long value)
    {
        value = 0;
        return text is not null && !text.AsSpan().ContainsAnyExceptInRange('0', '9')
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    private static ProblemHttpResult Problem(int status, string detail) => TypedResults.Problem(detail, statusCode: status);
}
