using WebConcurrency.Lab.Load;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Proving;

/// <summary>A server, and what every experiment does with one.</summary>
/// <param name="client">Speaks to it.</param>
/// <param name="cores">Processors that it may use.</param>
internal sealed class Bench(ServerClient client, int cores)
{
    public ServerClient Client => client;

    public int Cores => cores;

    /// <summary>Asks for all of it at once.</summary>
    /// <returns>The answers' records, in the same order.</returns>
    public async Task<IReadOnlyList<ServerRecord>> BurstAsync(IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        var replies = await Task.WhenAll(paths.Select(path => client.AskAsync(path, cancellationToken)));
        var records = new List<ServerRecord>();
        foreach (var reply in replies)
        {
            records.Add(await client.RecordAsync(reply, cancellationToken));
        }

        return records;
    }

    /// <summary>Does something while something else is under way, which is not left behind when it fails: the next experiment would run beside it.</summary>
    public static async Task<T> BesideAsync<T>(Task other, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch
        {
            await other.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    /// <summary>Good answers each second.</summary>
    public async Task<double> ThroughputAsync(string path, int connections, TimeSpan measured, CancellationToken cancellationToken)
    {
        var result = await LoadGenerator.RunAsync(client.Address, new LoadPlan(path, connections, measured) { WarmUp = measured / 5 }, cancellationToken);
        return result.Failure is { } failure ? throw new ServerException(failure)
            : result.Refused.Count > 0 ? throw new RefusedException($"The server at {client.Address} answered /{path} with {result.Refused.First().Key}.")
            : result.Unanswered > 0 ? throw new RefusedException($"The server at {client.Address} never answered {result.Unanswered} requests to /{path}.")
            : result.GeneratorIsBottleneck ? throw new RefusedException($"The load generator was the bottleneck of /{path}: its figure says nothing of the server.")
            : result.PerSecond;
    }

    /// <exception cref="ServerException">Its <c>/lab</c> is off.</exception>
    public async Task<LabFacts> ProcessAsync(CancellationToken cancellationToken) =>
        await client.LabAsync(cancellationToken) ?? throw new ServerException($"The server at {client.Address} has its /lab off: start it with Lab__Enabled=true.");
}
