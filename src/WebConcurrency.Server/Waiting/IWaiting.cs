namespace WebConcurrency.Server.Waiting;

/// <summary>
/// How a workload waits. A body is written once, as an async method over these leaves; under a blocking strategy each leaf blocks the thread and
/// returns a completed task, so that the body ends on the thread on which it began.
/// </summary>
internal interface IWaiting
{
    /// <summary>Runs a statement without a result on a connection of its own.</summary>
    /// <param name="sql">The statement, with its only parameter as <c>$1</c>.</param>
    /// <param name="value">The parameter.</param>
    /// <param name="cancellationToken">Stops the statement, in the database too.</param>
    ValueTask ExecuteAsync(string sql, object value, CancellationToken cancellationToken);

    /// <summary>Runs a query on a connection of its own and reads its one row.</summary>
    /// <inheritdoc cref="ExecuteAsync"/>
    ValueTask<T> QuerySingleAsync<T>(string sql, object value, CancellationToken cancellationToken);
}
