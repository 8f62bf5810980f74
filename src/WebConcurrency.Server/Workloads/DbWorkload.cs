using WebConcurrency.Server.Waiting;

namespace WebConcurrency.Server.Workloads;

/// <summary>One row by primary key.</summary>
internal sealed class DbWorkload : IWorkload
{
    /// <summary>As many rows as the table has.</summary>
    private const int Rows = 10_000;

    public string Name => "db";

    public IReadOnlyList<Parameter> Parameters => [];

    public async ValueTask<object> RunAsync(IReadOnlyList<int> arguments, IWaiting waiting, CancellationToken cancellationToken) =>
        await waiting.QuerySingleAsync<World>(
            "select id, random_number as RandomNumber from world where id = $1", Random.Shared.Next(1, Rows + 1), cancellationToken);

    private sealed record World(int Id, int RandomNumber);
}
