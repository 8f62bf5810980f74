namespace WebConcurrency.Server.Workloads;

/// <summary>A whole number in the query.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="Default">Its value when it is left out.</param>
/// <param name="Least">The least value allowed.</param>
/// <param name="Most">The greatest value allowed.</param>
internal sealed record Parameter(string Name, int Default, int Least, int Most);
