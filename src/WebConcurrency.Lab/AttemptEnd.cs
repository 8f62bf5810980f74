namespace WebConcurrency.Lab;

/// <summary>How a verb's work ended.</summary>
/// <param name="ExitCode">What the process's exit code will be.</param>
/// <param name="Failure">Why it ended early; <see langword="null"/> when it did not.</param>
internal sealed record AttemptEnd(int ExitCode, string? Failure)
{
    /// <summary>Tells the failure, if there is one, beside the report.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> TellAsync()
    {
        if (Failure is not null)
        {
            await Console.Error.WriteLineAsync(Failure);
        }

        return ExitCode;
    }
}
