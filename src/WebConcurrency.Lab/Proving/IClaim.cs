namespace WebConcurrency.Lab.Proving;

/// <summary>Something that is said of threads, as an experiment that could show it to be wrong.</summary>
internal interface IClaim
{
    /// <summary>A name for the command line.</summary>
    string Name { get; }

    /// <summary>The claim, in a sentence.</summary>
    string Sentence { get; }

    /// <summary>What must be found if it is true.</summary>
    IReadOnlyList<Prediction> Predictions { get; }

    /// <summary>Does the experiment once.</summary>
    /// <returns>A reading of each of <see cref="Predictions"/>.</returns>
    /// <exception cref="Servers.ServerException">The server failed.</exception>
    Task<IReadOnlyList<Reading>> TakeAsync(Bench bench, CancellationToken cancellationToken);
}
