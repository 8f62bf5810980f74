namespace WebConcurrency.Lab.Load;

/// <summary>What a server did with a load, as far as it came.</summary>
internal sealed record LoadResult
{
    public required LoadPlan Plan { get; init; }

    /// <summary>How long was measured; shorter than planned after a failure.</summary>
    public required TimeSpan Measured { get; init; }

    /// <summary>Good answers (200) that came within that time.</summary>
    public required long Answered { get; init; }

    /// <summary>Other answers by status: in a closed loop those that came within that time, in an open one those to requests that were due within it.</summary>
    public required IReadOnlyDictionary<int, long> Refused { get; init; }

    /// <summary>Requests that were due within that time and had no answer when nobody waited any longer.</summary>
    public required long Unanswered { get; init; }

    /// <summary>Of the good answers to requests that were due within that time: from when the request was due to the last byte.</summary>
    public required LatencyHistogram Latency { get; init; }

    /// <summary>From when these were due to when they were sent: what the generator, or too few connections, added.</summary>
    public required LatencyHistogram SentLate { get; init; }

    /// <summary>The share of that time in which the generator did not wait for the server.</summary>
    public required double Busy { get; init; }

    /// <summary>CPU time of the Lab's process in that time.</summary>
    public required TimeSpan OwnCpu { get; init; }

    /// <summary>Why it ended early; <see langword="null"/> when it did not.</summary>
    public string? Failure { get; init; }

    /// <summary>Answers that were no good ones, and requests that had none.</summary>
    public long Failed => Refused.Values.Sum() + Unanswered;

    /// <summary>Good answers each second.</summary>
    public double PerSecond => Measured > TimeSpan.Zero ? Answered / Measured.TotalSeconds : 0;

    /// <summary>Why none of the figures says anything of what was asked for: there was no good answer at all. <see langword="null"/>: there was.</summary>
    public string? Uselessness => Answered > 0 || Latency.Count > 0 ? null
        : $"No request to /{Plan.Path} had a good answer: {(Failed == 0 ? "none was due" : string.Join(", ", Refused.Select(refused => $"{refused.Value} × {refused.Key}").Append($"{Unanswered} without an answer")))}.";

    /// <summary>How many of the requests of an open loop waited this long or longer to be sent: the connections, or the generator, were too few.</summary>
    public long SentLateCount => Plan.Rate is null ? 0 : SentLate.CountFrom(Late);

    /// <summary>Less is what a busy machine does to whoever wants to run at an instant.</summary>
    public static readonly TimeSpan Late = TimeSpan.FromMilliseconds(10);

    /// <summary>Whether the figures tell of the generator: it had no time left to ask more.</summary>
    public bool GeneratorIsBottleneck => Busy >= 0.9;
}
