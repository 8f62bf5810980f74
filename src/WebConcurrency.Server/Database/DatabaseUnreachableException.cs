namespace WebConcurrency.Server.Database;

/// <summary>No connection to the database could be opened.</summary>
public sealed class DatabaseUnreachableException(Exception inner) : Exception("No connection to the database could be opened.", inner);
