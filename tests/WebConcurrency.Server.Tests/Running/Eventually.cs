namespace WebConcurrency.Server.Tests.Running;

/// <summary>
/// Waits for what other threads and processes are about to do. What never happens fails the test with what was seen instead: a broken build fails
/// and does not hang. The limit is no measure of speed; it only ends what would have no end.
/// </summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    /// <summary>Looks again and again until what it sees is the expected value.</summary>
    public static Task EqualAsync<T>(T expected, Func<T> look, string what, TimeSpan? limit = null) =>
        EqualAsync(expected, () => Task.FromResult(look()), what, limit);

    /// <inheritdoc cref="EqualAsync{T}(T, Func{T}, string, TimeSpan?)"/>
    public static Task EqualAsync<T>(T expected, Func<Task<T>> look, string what, TimeSpan? limit = null) =>
        SeenAsync(look, seen => EqualityComparer<T>.Default.Equals(seen, expected), $"{what} to be {expected}", limit);

    /// <summary>Looks again and again until it sees what is wanted, and returns that.</summary>
    /// <param name="look">Looks once.</param>
    /// <param name="isWanted">Whether that was it.</param>
    /// <param name="what">What is awaited, for the message.</param>
    /// <param name="limit">After how long it fails; for the tests of this class.</param>
    public static async Task<T> SeenAsync<T>(Func<Task<T>> look, Func<T, bool> isWanted, string what, TimeSpan? limit = null)
    {
        var last = "nothing yet";
        using var bound = Bound(limit);
        try
        {
            while (true)
            {
                // A look may itself never end.
                var seen = await look().WaitAsync(bound.Token);
                if (isWanted(seen))
                {
                    return seen;
                }

                last = $"{seen}";
                await Task.Delay(Pause, bound.Token);
            }
        }
        catch (OperationCanceledException) when (IsOver(bound))
        {
            throw new TimeoutException($"Waited {limit ?? Limit} for {what}; last seen: {last}.");
        }
    }

    /// <summary>Waits for the end of something that runs already.</summary>
    public static async Task<T> EndsAsync<T>(Task<T> task, string what, TimeSpan? limit = null)
    {
        using var bound = Bound(limit);
        try
        {
            return await task.WaitAsync(bound.Token);
        }
        catch (OperationCanceledException) when (IsOver(bound) && !task.IsCompleted)
        {
            throw new TimeoutException($"Waited {limit ?? Limit} for {what}.");
        }
    }

    /// <inheritdoc cref="EndsAsync{T}(Task{T}, string, TimeSpan?)"/>
    public static async Task EndsAsync(Task task, string what, TimeSpan? limit = null)
    {
        async Task<bool> Ended()
        {
            await task;
            return true;
        }

        await EndsAsync(Ended(), what, limit);
    }

    private static CancellationTokenSource Bound(TimeSpan? limit)
    {
        var bound = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        bound.CancelAfter(limit ?? Limit);
        return bound;
    }

    private static bool IsOver(CancellationTokenSource bound) => bound.IsCancellationRequested && !TestContext.Current.CancellationToken.IsCancellationRequested;
}
