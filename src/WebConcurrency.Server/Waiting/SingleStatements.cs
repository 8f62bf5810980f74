namespace WebConcurrency.Server.Waiting;

/// <summary>Single statements, each on a connection of its own.</summary>
internal static class SingleStatements
{
    /// <summary>Runs a statement.</summary>
    public static ValueTask<int> ExecuteAsync(this IWaiting waiting, string sql, object value, CancellationToken cancellationToken) =>
        waiting.UseAsync(session => session.ExecuteAsync(sql, value), cancellationToken);

    /// <summary>Runs a query and reads its one row.</summary>
    public static ValueTask<T> QuerySingleAsync<T>(this IWaiting waiting, string sql, object value, CancellationToken cancellationToken) =>
        waiting.UseAsync(session => session.QuerySingleAsync<T>(sql, value), cancellationToken);

    /// <inheritdoc cref="QuerySingleAsync{T}(IWaiting, string, object, CancellationToken)"/>
    public static async ValueTask<T> QuerySingleAsync<T>(this ISession session, string sql, params object[] values) =>
        await session.QueryAsync<T>(sql, values) is [var row] ? row : throw new InvalidOperationException($"Not one row where one was expected: {sql}");
}
