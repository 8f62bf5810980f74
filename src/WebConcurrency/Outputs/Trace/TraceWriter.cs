using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using WebConcurrency.Ledger;
using WebConcurrency.Recording;

namespace WebConcurrency.Outputs.Trace;

/// <summary>
/// Writes records in the Trace Event Format (docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU): a track for each thread, under this
/// process's own number and the kernel's thread ids; a track for each request, under a number that no process can have. A slice is a phase and nothing else: what is
/// known of a request as a total only, such as its CPU time, is an argument and has no place.
/// </summary>
internal sealed class TraceWriter(Utf8JsonWriter json, RequestConcurrencyOptions options, Timebase timebase)
{
    /// <summary>One more than Linux's largest process id (PID_MAX_LIMIT, 2^22).</summary>
    private const int Requests = 4_194_305;

    private const int MostNames = 4;
    private const decimal Eighth = 0.125m;

    private readonly int _process = Environment.ProcessId;
    private readonly Columns _columns = new(options);
    private Dictionary<long, RequestRecord> _records = [];
    private int _arrows;

    public void Begin(ImmutableArray<RequestRecord> records)
    {
        json.WriteStartObject();
        json.WriteString("displayTimeUnit", "ms");
        json.WriteStartObject("otherData");
        json.WriteNumber("records", records.Length);
        json.WriteString("place", "Where inside a slice CPU time, waits for a CPU, locks and collections fell is not known: they are arguments, in ms of the whole request.");
        json.WriteEndObject();
        json.WriteStartArray("traceEvents");
        Name("process_name", _process, 0, "threads");
        Name("process_name", Requests, 0, "requests");
        _records = records.ToDictionary(record => record.Figures.Id);
        foreach (var track in records.SelectMany(record => record.Phases).Select(phase => phase.Thread).OfType<ThreadIdentity>().Distinct().GroupBy(Track))
        {
            Name("thread_name", _process, track.Key, TrackName([.. track]));
        }
    }

    public void Write(RequestRecord record)
    {
        var figures = record.Figures;
        Name("thread_name", Requests, figures.Id, Title(record));
        BeginEvent("X", Title(record), "request", Requests, figures.Id, figures.Started);
        Duration(figures.Started, figures.Finished);
        json.WritePropertyName("args");
        JsonSerializer.Serialize(json, _columns.Of(record), ConcurrencyJsonContext.Default.RecordJson);
        json.WriteEndObject();

        for (var i = 0; i < record.Phases.Length; i++)
        {
            var phase = record.Phases[i];
            var kind = Columns.Name(phase.Kind);
            Slice(record, phase, kind, Requests, figures.Id);
            if (phase.Thread is { } thread)
            {
                Slice(record, phase, $"#{figures.Id.ToString(CultureInfo.InvariantCulture)} {kind}", _process, Track(thread));
            }

            if (phase.Kind.IsWait() && WentOn(record.Phases, i) is { } next)
            {
                WentOnArrow(phase, figures.Id, next);
            }

            if (phase.Kind == PhaseKind.Gil && HeldBy(figures.BlockedBy, phase.Start) is { } holder)
            {
                Arrow("held by", (figures.Id, Microseconds(phase.Start)), (holder, Microseconds(phase.Start)));
            }
        }
    }

    /// <summary>How many of the written requests ran and how many were queued, at each instant at which that changed.</summary>
    public void End(ImmutableArray<RequestRecord> records)
    {
        foreach (var (at, running, queued) in TraceCounters.Of(records))
        {
            BeginEvent("C", "requests of this file", "counter", Requests, 0, at);
            json.WriteStartObject("args");
            json.WriteNumber("running", running);
            json.WriteNumber("queued", queued);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void Slice(RequestRecord record, in Phase phase, string name, int process, long track)
    {
        BeginEvent("X", name, Columns.Name(phase.Kind), process, track, phase.Start);
        Duration(phase.Start, phase.End);
        json.WriteStartObject("args");
        json.WriteString("request", Title(record));
        if (phase.Thread is { } thread)
        {
            json.WriteString("thread", thread.ToString());
        }

        if (phase.Kind.IsOnThread())
        {
            Shares(record.Figures.Times);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>What the request's time outside of named waits was made of. The parts and what is unexplained add up to it.</summary>
    private void Shares(in RequestTimes times)
    {
        if (times.Cpu is not { } cpu)
        {
            return;
        }

        json.WriteStartObject("of_the_whole_request");
        Part("cpu_ms", cpu);
        Part("runnable_ms", times.Runnable);
        Part("lock_ms", times.Lock);
        Part("gc_ms", times.Gc);
        Part("unexplained_ms", times.Unexplained);
        json.WriteEndObject();
    }

    private void Part(string name, TimeSpan? time)
    {
        if (time is { } known)
        {
            json.WriteNumber(name, Columns.Milliseconds(known));
        }
    }

    /// <summary>From the end of a wait to the work that it let go on, on the thread that did it.</summary>
    private void WentOnArrow(in Phase wait, long request, in Phase next)
    {
        // An arrow belongs to the slice around its time, and a slice's end is outside of it.
        var end = Math.Max(Microseconds(wait.Start), Microseconds(wait.End) - Eighth);
        Arrow("went on", (request, end), (next.Thread!.Value, Microseconds(next.Start)));
    }

    private void Arrow(string name, (long Request, decimal At) from, (ThreadIdentity Thread, decimal At) to)
    {
        var id = ++_arrows;
        BeginEvent("s", name, "wait", Requests, from.Request, from.At);
        json.WriteNumber("id", id);
        json.WriteEndObject();
        BeginEvent("f", name, "wait", _process, Track(to.Thread), to.At);
        json.WriteNumber("id", id);
        json.WriteString("bp", "e");
        json.WriteEndObject();
    }

    /// <summary>
    /// The thread of the one that held the lock when the wait for it began: of those that the record names the one that worked then. A lock of the runtime has no
    /// phase of its own, and so no arrow: who held it is an argument of the request (blocked_by).
    /// </summary>
    private ThreadIdentity? HeldBy(in Blockers blockers, long at)
    {
        for (var i = 0; i < blockers.Count; i++)
        {
            foreach (var phase in _records.TryGetValue(blockers[i], out var holder) ? holder.Phases : [])
            {
                if (phase.Kind == PhaseKind.Work && phase.Start <= at && at < phase.End && phase.Thread is { } thread)
                {
                    return thread;
                }
            }
        }

        return null;
    }

    private static Phase? WentOn(ImmutableArray<Phase> phases, int wait)
    {
        for (var i = wait + 1; i < phases.Length && !phases[i].Kind.IsWait(); i++)
        {
            if (phases[i].Kind.IsOnThread() && phases[i].Thread is not null)
            {
                return phases[i];
            }
        }

        return null;
    }

    private void Name(string what, int process, long track, string name)
    {
        json.WriteStartObject();
        json.WriteString("ph", "M");
        json.WriteString("name", what);
        json.WriteNumber("pid", process);
        json.WriteNumber("tid", track);
        json.WriteStartObject("args");
        json.WriteString("name", name);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void BeginEvent(string kind, string name, string category, int process, long track, long timestamp) =>
        BeginEvent(kind, name, category, process, track, Microseconds(timestamp));

    private void BeginEvent(string kind, string name, string category, int process, long track, decimal at)
    {
        json.WriteStartObject();
        json.WriteString("ph", kind);
        json.WriteString("name", name);
        json.WriteString("cat", category);
        json.WriteNumber("pid", process);
        json.WriteNumber("tid", track);
        json.WriteNumber("ts", at);
    }

    // The difference of the two rounded ends and not the rounded length: what ends where another begins still does.
    private void Duration(long start, long end) => json.WriteNumber("dur", Microseconds(end) - Microseconds(start));

    // Whole eighths of a microsecond: a binary fraction, so that a reader's start plus length is exactly the next one's start. Tenths made speedscope see slices
    // that overlap by a rounding error.
    private decimal Microseconds(long timestamp) => timebase.At(timestamp).Ticks * 4 / 5 * Eighth;

    /// <summary>The kernel gives a number again when its thread has ended: the track is then that of several, one after the other.</summary>
    private static string TrackName(ThreadIdentity[] threads)
    {
        var names = threads.Take(MostNames).Select(thread => $"{ThreadNames.Of(thread) ?? "thread"} ({thread.Managed})");
        return string.Join(", ", names) + (threads.Length > MostNames ? $" and {threads.Length - MostNames} more" : "");
    }

    private static long Track(ThreadIdentity thread) => thread.Os ?? thread.Managed;

    private static string Title(RequestRecord record) =>
        string.Create(CultureInfo.InvariantCulture, $"#{record.Figures.Id} {record.Figures.Method} {record.Figures.Route}{(record.Figures.Strategy is { } strategy ? $" {strategy}" : "")}");
}
