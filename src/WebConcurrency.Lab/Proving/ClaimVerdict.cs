namespace WebConcurrency.Lab.Proving;

/// <summary>What the experiment of a claim came to.</summary>
/// <param name="Claim">What was put to the proof.</param>
/// <param name="Findings">What was found.</param>
/// <param name="Refusal">What the server said when it refused a request of the experiment, which then shows nothing; <see langword="null"/> when it did not.</param>
internal sealed record ClaimVerdict(IClaim Claim, IReadOnlyList<Finding> Findings, string? Refusal = null)
{
    public bool Holds => Refusal is null && Findings.Count > 0 && Findings.All(finding => finding.Holds);
}
