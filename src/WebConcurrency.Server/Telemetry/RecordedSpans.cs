using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Trace;
using WebConcurrency.Recording;

namespace WebConcurrency.Server.Telemetry;

/// <summary>
/// Exports spans in batches, those of requests once their records have been written to them. A record takes some milliseconds; a span whose record has not
/// come after <see cref="Longest"/>, or that would be one too many to hold, goes without it. Thread-safe.
/// </summary>
internal sealed class RecordedSpans : BatchActivityExportProcessor
{
    /// <summary>Spans held at once. Records are made every few milliseconds, so that a full house means a ledger that is far behind.</summary>
    public const int MostHeld = 8_192;

    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);

    // All that may be said of a request: nothing that the client chose freely. See docs/decisions/0021.
    private static readonly HashSet<string> Kept = new(StringComparer.Ordinal)
    {
        "http.request.method", "http.route", "http.response.status_code", "url.scheme", "network.protocol.version", "error.type",
    };

    private readonly TimeProvider _time;
    private readonly Action<Activity> _export;
    private readonly ITimer _sweep;

    // Locked by itself.
    private readonly Queue<(RequestSpan Span, long Since)> _held = new();
    private long _withoutRecord;

    public RecordedSpans(BaseExporter<Activity> exporter, BatchExportProcessorOptions<Activity> options, TimeProvider time)
        : base(exporter, options.MaxQueueSize, options.ScheduledDelayMilliseconds, options.ExporterTimeoutMilliseconds, options.MaxExportBatchSize)
    {
        _time = time;
        _export = base.OnEnd;
        _sweep = time.CreateTimer(_ => LetGo(Longest), null, Sweep, Sweep);
    }

    /// <summary>How long a span is held at most.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromSeconds(2);

    /// <summary>Spans of recorded requests that left without their record.</summary>
    public long WithoutRecord => Interlocked.Read(ref _withoutRecord);

    public int Held
    {
        get
        {
            lock (_held)
            {
                return _held.Count;
            }
        }
    }

    public override void OnEnd(Activity data)
    {
        if (data.Kind == ActivityKind.Server)
        {
            RemoveWhatTheClientChose(data);
        }

        if (RequestSpan.Of(data) is not { } span || !TryKeep(span) || !span.TryHold(_export))
        {
            base.OnEnd(data);
        }
    }

    protected override bool OnShutdown(int timeoutMilliseconds)
    {
        _sweep.Dispose();
        LetGo(TimeSpan.Zero);
        return base.OnShutdown(timeoutMilliseconds);
    }

    protected override void Dispose(bool disposing)
    {
        _sweep.Dispose();
        base.Dispose(disposing);
    }

    private static void RemoveWhatTheClientChose(Activity activity)
    {
        List<string>? removed = null;
        foreach (ref readonly var tag in activity.EnumerateTagObjects())
        {
            if (!Kept.Contains(tag.Key) && !tag.Key.StartsWith("webconcurrency.", StringComparison.Ordinal) && tag.Key != "thread.id")
            {
                (removed ??= []).Add(tag.Key);
            }
        }

        foreach (var key in removed ?? [])
        {
            activity.SetTag(key, null);
        }
    }

    private bool TryKeep(RequestSpan span)
    {
        lock (_held)
        {
            Clear(Longest);
            if (_held.Count == MostHeld)
            {
                Interlocked.Increment(ref _withoutRecord);
                return false;
            }

            _held.Enqueue((span, _time.GetTimestamp()));
            return true;
        }
    }

    private void LetGo(TimeSpan longest)
    {
        lock (_held)
        {
            Clear(longest);
        }
    }

    /// <summary>Forgets those at the head whose records have come, and lets those go that have waited too long. Records come in about the order of the ends.</summary>
    private void Clear(TimeSpan longest)
    {
        while (_held.TryPeek(out var head))
        {
            if (!head.Span.IsOver)
            {
                if (_time.GetElapsedTime(head.Since) < longest)
                {
                    return;
                }

                Interlocked.Increment(ref _withoutRecord);
                head.Span.LetGo();
            }

            _held.Dequeue();
        }
    }
}
