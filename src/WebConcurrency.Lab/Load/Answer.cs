namespace WebConcurrency.Lab.Load;

/// <summary>What matters of an answer to whoever only counts them.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Closes">Whether the server ends the connection with it.</param>
internal readonly record struct Answer(int Status, bool Closes);
