using System.Text.Json;

namespace WebConcurrency.Lab;

/// <summary>How a verb's work ended.</summary>
/// <param name="ExitCode">What the process's exit code will be.</param>
/// <param name="Failure">Why it ended early; <see langword="null"/> when it did not.</param>
internal sealed record AttemptEnd(int ExitCode, string? Failure)
{
    private static readonly JsonSerializerOptions LineOptions = new(LabJson.Options) { WriteIndented = false };

    public static AttemptEnd BadCommandLine(IEnumerable<string> errors) => new(ExitCodes.BadCommandLine, string.Join(Environment.NewLine, errors));

    /// <summary>Tells the failure, if there is one, beside the report.</summary>
    /// <param name="asJson">Whether there is no report that tells it for machines: then a line of JSON does.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> TellAsync(bool asJson = false)
    {
        if (asJson && Failure is not null)
        {
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(new { Failure, ExitCode }, LineOptions));
        }

        if (Failure is not null)
        {
            await Console.Error.WriteLineAsync(Failure);
        }

        return ExitCode;
    }
}
