using System.ComponentModel.DataAnnotations;

namespace WebConcurrency.Server.Strategies;

/// <summary>Which strategies serve, and which one a path that names none. Configuration section <c>Strategies</c>.</summary>
public sealed class StrategyOptions
{
    public const string Section = "Strategies";

    /// <summary>Default <c>thread</c>.</summary>
    [AllowedValues("serial", "thread", "pool", "threadpool", "async", "gil")]
    public string Default { get; set; } = "thread";

    /// <summary>Strategies that are switched off: to a request they do not exist. Default: none.</summary>
    public ISet<string> Off { get; } = new HashSet<string>(StringComparer.Ordinal);
}
