namespace WebConcurrency.Server.Waiting;

/// <summary>Statements on one connection, one after the other. Parameters are <c>$1</c>, <c>$2</c>, … in the order of the values.</summary>
internal interface ISession
{
    /// <summary>Runs a statement.</summary>
    /// <returns>How many rows it changed.</returns>
    ValueTask<int> ExecuteAsync(string sql, params object[] values);

    /// <summary>Runs a query and reads all its rows.</summary>
    ValueTask<IReadOnlyList<T>> QueryAsync<T>(string sql, params object[] values);

    /// <summary>Begins a transaction; what is not committed when the session ends is undone.</summary>
    ValueTask BeginAsync();

    /// <summary>Makes the transaction's changes last.</summary>
    ValueTask CommitAsync();
}
