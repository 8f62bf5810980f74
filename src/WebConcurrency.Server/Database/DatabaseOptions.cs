using System.ComponentModel.DataAnnotations;

namespace WebConcurrency.Server.Database;

/// <summary>Which PostgreSQL, and how much of it. Configuration section <c>Postgres</c>; the connection string is <c>ConnectionStrings:Postgres</c>.</summary>
public sealed class DatabaseOptions
{
    public const string Section = "Postgres";

    /// <summary>Where a private cluster keeps its data, across starts. Default: nowhere; the cluster is thrown away when the server ends.</summary>
    public string? DataDirectory { get; set; }

    /// <summary>
    /// Connections that requests may use at once. Default: what the server allows, less the reserved ones and 10, at most 256. To a
    /// private cluster never more than half of the processes that the system still gives at the server's start.
    /// </summary>
    [Range(1, 10_000)]
    public int? Connections { get; set; }

    /// <summary>How long a request may wait for permission to use a connection. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan ConnectionWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the server tries, at its start, to reach the database. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan StartTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long one statement may take, told to PostgreSQL itself (<c>statement_timeout</c>), so that it ends even when nobody is left to cancel it.
    /// Two seconds below the request's deadline: Npgsql's own limit lies between. Default 13 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan StatementTime { get; set; } = TimeSpan.FromSeconds(13);
}
