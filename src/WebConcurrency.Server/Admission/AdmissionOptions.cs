using System.ComponentModel.DataAnnotations;

namespace WebConcurrency.Server.Admission;

/// <summary>Who may run at once, who may wait, and how long a request may take. Configuration section <c>Admission</c>.</summary>
public sealed class AdmissionOptions : IValidatableObject
{
    public const string Section = "Admission";

    /// <summary>
    /// Requests that may run at once under a strategy that gives each a thread. Default: a quarter of the threads that the system would still give
    /// at the server's start, at most 200. Fewer where all that makes threads would together ask for more than there are.
    /// </summary>
    [Range(1, 10_000)]
    public int Threads { get; set; } = ThreadLimit.Default();

    /// <summary>Requests that may be under way at once under <c>async</c>. Default 4,096.</summary>
    [Range(1, 100_000)]
    public int AsyncRequests { get; set; } = 4_096;

    /// <summary>Requests that may wait for the one thread of <c>serial</c>. Default 1,000.</summary>
    [Range(1, 100_000)]
    public int SerialQueue { get; set; } = 1_000;

    /// <summary>How long a request may wait to be admitted. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan QueueTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a request may take in all, queues included. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a server that is to stop goes on listening, unready and without new work, so that others notice. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan Notice { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long running requests have to finish when the server is to stop, <see cref="Notice"/> included. Default 7 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(7);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Notice > DrainTime)
        {
            yield return new ValidationResult($"Notice ({Notice}) must not be longer than DrainTime ({DrainTime}), which includes it.", [nameof(Notice)]);
        }
    }
}
