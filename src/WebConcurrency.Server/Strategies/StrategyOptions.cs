using System.ComponentModel.DataAnnotations;

namespace WebConcurrency.Server.Strategies;

/// <summary>Which strategies serve, and which one a path that names none. Configuration section <c>Strategies</c>.</summary>
public sealed class StrategyOptions : IValidatableObject
{
    public const string Section = "Strategies";

    /// <summary>Default <c>thread</c>.</summary>
    [AllowedValues("serial", "thread", "pool", "threadpool", "async", "gil")]
    public string Default { get; set; } = "thread";

    /// <summary>Strategies that are switched off: to a request they do not exist. Default: none.</summary>
    public ISet<string> Off { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var unknown in Off.Where(name => !Known.Contains(name)))
        {
            yield return new ValidationResult($"Off names {unknown}, which is none of {string.Join(", ", Known)}.", [nameof(Off)]);
        }

        if (Off.Contains(Default))
        {
            yield return new ValidationResult($"Off names {Default}, which is the default.", [nameof(Off)]);
        }
    }

    private static readonly string[] Known = ["serial", "thread", "pool", "threadpool", "async", "gil"];
}
