using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Load;

/// <summary>A server that has just started: the runtime compiles anew what is used often, and took up to half a core of two for ten seconds.</summary>
internal static class NewServer
{
    /// <summary>So long a server is asked before anything counts.</summary>
    public static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(12);

    private const int AtOnce = 16;

    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(0.2);

    /// <summary>Asks for each of some paths for its part of <see cref="WarmUp"/>.</summary>
    /// <param name="address">The server.</param>
    /// <param name="isNew">Whether it has just started; who runs already has mostly been asked before, and is asked for a moment only.</param>
    /// <param name="paths">What will be asked of it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ServerException">The server failed.</exception>
    public static async Task WarmUpAsync(Uri address, bool isNew, IReadOnlyCollection<string> paths, CancellationToken cancellationToken)
    {
        foreach (var path in paths)
        {
            var result = await LoadGenerator.RunAsync(address, new LoadPlan(path, AtOnce, isNew ? WarmUp / paths.Count : Moment), cancellationToken);
            if (result.Failure is { } failure)
            {
                throw new ServerException(failure);
            }
        }
    }
}
