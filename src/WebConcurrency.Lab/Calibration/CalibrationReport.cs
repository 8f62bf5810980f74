using WebConcurrency.Lab.Cost;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Calibration;

/// <summary>What a calibration came to, as far as it came.</summary>
internal sealed record CalibrationReport
{
    /// <summary>The server; <see langword="null"/> when none could be reached.</summary>
    public ServerFacts? Server { get; init; }

    /// <summary>How the Lab's own server was built; <see langword="null"/> when it is somebody else's.</summary>
    public string? OwnBuild { get; init; }

    public required Tolerance Tolerance { get; init; }

    public required IReadOnlyList<Verdict> Verdicts { get; init; }

    /// <summary>What recording costs; empty when it was not measured.</summary>
    public IReadOnlyList<RouteCost> Cost { get; init; } = [];

    /// <summary>Why it ended before its end; <see langword="null"/> when it did not.</summary>
    public string? Failure { get; init; }

    /// <summary>Whether that was because somebody stopped it.</summary>
    public bool Interrupted { get; init; }

    public IEnumerable<Verdict> Off => Verdicts.Where(verdict => verdict.Outcome is Outcome.Off or Outcome.Missing);

    public int ExitCode =>
        Interrupted ? ExitCodes.Interrupted
        : Failure is not null ? ExitCodes.ServerFailed
        : Off.Any() ? ExitCodes.Off
        : ExitCodes.Right;
}
