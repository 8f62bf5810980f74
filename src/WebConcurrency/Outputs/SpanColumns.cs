using System.Diagnostics;
using WebConcurrency.Ledger;
using WebConcurrency.Recording;

namespace WebConcurrency.Outputs;

/// <summary>
/// Puts a record on its request's activity: each column as an attribute of its own name, each phase as an event at its beginning. With
/// <see cref="System.Diagnostics"/> alone; who exports it is the application's affair.
/// </summary>
internal sealed class SpanColumns(RequestConcurrencyOptions options, RequestLedger ledger) : ISpanOutput
{
    private const string Prefix = "webconcurrency.";

    /// <summary>What exporters let through unless told otherwise (OTEL_SPAN_EVENT_COUNT_LIMIT); the record has them all.</summary>
    private const int MostEvents = 128;

    private static readonly string[] Attributes = [.. NumericColumns.Names.Select(name => Prefix + name)];

    private readonly Columns _columns = new(options);

    public void Write(Activity span, RequestRecord record)
    {
        var row = _columns.Of(record);
        span.SetTag("webconcurrency.id", row.Id);
        span.SetTag("webconcurrency.sequence", row.Sequence);
        span.SetTag("webconcurrency.strategy", row.Strategy);
        span.SetTag("webconcurrency.workload", row.Workload);
        Span<double> values = stackalloc double[NumericColumns.Count];
        _columns.Numbers.Fill(record.Figures, values);
        for (var i = 0; i < values.Length; i++)
        {
            if (Columns.Of(values, (NumericColumn)i) is { } value)
            {
                span.SetTag(Attributes[i], value);
            }
        }

        span.SetTag("webconcurrency.switches.voluntary", row.Switches?.Voluntary);
        span.SetTag("webconcurrency.switches.involuntary", row.Switches?.Involuntary);
        if (row.BlockedBy is { } blockers)
        {
            span.SetTag("webconcurrency.blocked_by", blockers.ToArray());
        }

        if (!record.Threads.IsEmpty)
        {
            // The conventions' thread.id is the runtime's number, and one: the first, which took the request.
            span.SetTag("thread.id", record.Threads[0].Managed);
            span.SetTag("webconcurrency.threads.managed", record.Threads.Select(thread => thread.Managed).ToArray());
            span.SetTag("webconcurrency.threads.os", record.Threads.Select(thread => thread.Os).OfType<int>().ToArray());
        }

        var events = record.Phases.Length > MostEvents ? record.Phases[..MostEvents] : record.Phases;
        foreach (var phase in events)
        {
            span.AddEvent(Event(phase, record.Figures));
        }

        if (record.PhasesLeftOut || record.Phases.Length > MostEvents)
        {
            span.SetTag("webconcurrency.phases_left_out", true);
        }
    }

    private ActivityEvent Event(Phase phase, in RecordFigures figures)
    {
        var tags = new ActivityTagsCollection { { "webconcurrency.phase.ms", Columns.Milliseconds(ledger.Length(phase.End - phase.Start)) } };
        if (phase.Thread is { } thread)
        {
            tags.Add("thread.id", thread.Managed);
            if (thread.Os is { } os)
            {
                tags.Add("webconcurrency.thread.os", os);
            }
        }

        // Lengths are from the monotonic clock, so that events of one request stand to each other as its phases do.
        return new ActivityEvent(Columns.Name(phase.Kind), figures.StartedAt + ledger.Length(phase.Start - figures.Started), tags);
    }
}
