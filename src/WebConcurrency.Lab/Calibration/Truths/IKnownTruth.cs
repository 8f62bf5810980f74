using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Calibration.Truths;

/// <summary>Something that a server can be made to do whose measure is known without its recorder.</summary>
internal interface IKnownTruth
{
    /// <summary>What is done, in a few words.</summary>
    string Name { get; }

    /// <summary>What it tells of.</summary>
    IReadOnlyList<Figure> Figures { get; }

    /// <summary>Why it cannot be done with this server; <see langword="null"/> when it can.</summary>
    string? Obstacle(ServerFacts server);

    /// <summary>Does it once.</summary>
    /// <returns>A comparison for each of <see cref="Figures"/>, or none when the machine was too busy for what was to be shown.</returns>
    Task<IReadOnlyList<Sample>> TakeAsync(ServerClient client, ServerFacts server, CancellationToken cancellationToken);
}
