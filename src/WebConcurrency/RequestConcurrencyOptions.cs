using System.ComponentModel.DataAnnotations;
using WebConcurrency.Recording;

namespace WebConcurrency;

/// <summary>Settings of the recorder, bound from the configuration section <c>Concurrency</c>. Read once, at start.</summary>
public sealed class RequestConcurrencyOptions
{
    /// <summary>Where the settings stand in the configuration.</summary>
    public const string Section = "Concurrency";

    /// <summary>Whether requests are recorded at all. Default: yes.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Whether <c>/concurrency</c> answers everybody outside Development, where it is mapped without authorization. Default: no.
    /// </summary>
    public bool Open { get; set; }

    /// <summary>
    /// Whether only the time between the ends of <see cref="RequestRecorder.Work"/> is work. Default: no; all time on a thread, outside of
    /// waits, is work.
    /// </summary>
    public bool WorkIsDeclared { get; set; }

    /// <summary>
    /// Waits that this application reports whenever they occur, so that a request without one has 0 and not an absent figure. Default: none.
    /// </summary>
    public ISet<WaitKind> ReportedWaits { get; } = new HashSet<WaitKind>();

    /// <summary>
    /// Paths at and below which requests only look and are never recorded, besides event streams and WebSockets.
    /// Default: <c>/concurrency</c>, <c>/metrics</c>, <c>/health</c>, <c>/openapi</c>.
    /// </summary>
    public ISet<string> ObservingPaths { get; } =
        new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "/concurrency", "/metrics", "/health", "/openapi" };

    /// <summary>Finished records kept for <c>/concurrency</c>. Default 10,000.</summary>
    [Range(100, 1_000_000)]
    public int RecordsKept { get; set; } = 10_000;

    /// <summary>
    /// Phases of finished requests kept (some 32 bytes each), a few for each record; a record whose phases are no longer kept says so. Default 131,072.
    /// </summary>
    [Range(4_096, 16_777_216)]
    public int PhasesKept { get; set; } = 131_072;

    /// <summary>
    /// Requests of which the operating system is asked, in one second: CPU time, wanting a CPU, switches, allocation. While there are no more, it is all
    /// of them; else about so many, one in n by chance. Some 40 µs each. Default 200; 0: none.
    /// </summary>
    [Range(0, 1_000_000)]
    public int MeteredPerSecond { get; set; } = 200;

    /// <summary>Whether activities of the kind client (of Npgsql, HttpClient and others) are waits. Default: yes.</summary>
    public bool ClientSpans { get; set; } = true;

    /// <summary>Activity sources whose clients are databases, besides those that say so by the tag <c>db.system.name</c> when they start.</summary>
    public ISet<string> DatabaseSources { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "Npgsql", "MySqlConnector", "Microsoft.Data.SqlClient", "OpenTelemetry.Instrumentation.SqlClient", "OpenTelemetry.Instrumentation.EntityFrameworkCore",
        "Oracle.ManagedDataAccess.Core", "MongoDB.Driver", "OpenTelemetry.Instrumentation.StackExchangeRedis",
    };

    /// <summary>
    /// Addresses or networks (<c>10.0.0.0/8</c>) of proxies whose header <c>X-Request-Start</c> is believed: seconds, milliseconds or microseconds since 1970.
    /// Default: none.
    /// </summary>
    public ISet<string> TrustedProxies { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Whether to listen to the runtime's events of garbage collections and contended locks. Default: yes.</summary>
    public bool RuntimeEvents { get; set; } = true;

    /// <summary>
    /// Whether waits on wait handles count as waits for locks, with their events, which are many. Default: no.
    /// </summary>
    public bool WaitHandles { get; set; }

    /// <summary>
    /// Stretches of work kept (some 40 bytes each) to tell who worked during a wait; a wait during which more were done has no
    /// figure of how many. Default 65,536.
    /// </summary>
    [Range(1_024, 1_048_576)]
    public int WorkKept { get; set; } = 65_536;

    /// <summary>Finished requests that may wait to be made into records; more are dropped and counted. Default 65,536.</summary>
    [Range(1_024, 1_048_576)]
    public int PendingRecords { get; set; } = 65_536;

    /// <summary>
    /// Requests logged in one second, with one line each and, at Debug, their moments; a further line says how many were left out. Default 100.
    /// </summary>
    [Range(0, 1_000_000)]
    public int LoggedPerSecond { get; set; } = 100;

    /// <summary>Clients that may listen to <c>/concurrency/events</c> at once, each live page being one; further ones get 503. Default 200.</summary>
    [Range(1, 10_000)]
    public int EventClients { get; set; } = 200;

    /// <summary>
    /// Records told to listeners in one second; what is more is left out and counted, so that watching a loaded server does not load it more.
    /// Default 2,000.
    /// </summary>
    [Range(1, 1_000_000)]
    public int EventsPerSecond { get; set; } = 2_000;

    /// <summary>What the live page may fire at this application. Default: nothing, and the page has no panel for it.</summary>
    public FireOptions Fire { get; } = new();
}
