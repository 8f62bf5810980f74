using WebConcurrency.Server.Waiting;

namespace WebConcurrency.Server.Workloads;

/// <summary>Many rows by primary key, each with a query of its own, one after the other on one connection.</summary>
internal sealed class QueriesWorkload : IWorkload
{
    public string Name => "queries";

    public string Summary => "So many rows by primary key, one query after the other on one connection.";

    public IReadOnlyList<Parameter> Parameters { get; } = [new("count", 20, 1, 500)];

    public async ValueTask<object> RunAsync(IReadOnlyList<int> arguments, IWaiting waiting, CancellationToken cancellationToken) =>
        await waiting.UseAsync(session => ReadAsync(session, arguments[0]), cancellationToken);

    private static async ValueTask<World[]> ReadAsync(ISession session, int count)
    {
        var rows = new World[count];
        for (var i = 0; i < count; i++)
        {
            rows[i] = await World.ReadAnyAsync(session);
        }

        return rows;
    }
}
