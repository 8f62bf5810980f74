using System.ComponentModel.DataAnnotations;

namespace WebConcurrency.Server.Logging;

/// <summary>How the log is written. Configuration section <c>Log</c>; the levels are in the section <c>Serilog</c>.</summary>
public sealed class LogOptions
{
    public const string Section = "Log";

    /// <summary><c>text</c>, <c>json</c>, or <c>auto</c> (the default): text on a terminal, one JSON object a line otherwise.</summary>
    [AllowedValues("auto", "text", "json")]
    public string Format { get; set; } = "auto";

    /// <summary>Lines that may wait for a slow reader; beyond that they are dropped and counted. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int Buffer { get; set; } = 10_000;
}
