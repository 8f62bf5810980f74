using System.ComponentModel.DataAnnotations;

namespace WebConcurrency.Server.Strategies;

/// <summary>Which strategy serves a path that names none. Configuration section <c>Strategies</c>.</summary>
public sealed class StrategyOptions
{
    public const string Section = "Strategies";

    /// <summary>Default <c>thread</c>.</summary>
    [AllowedValues("serial", "thread", "pool", "threadpool", "async", "gil")]
    public string Default { get; set; } = "thread";
}
