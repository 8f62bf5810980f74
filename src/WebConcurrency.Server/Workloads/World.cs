using WebConcurrency.Server.Waiting;

namespace WebConcurrency.Server.Workloads;

/// <summary>A row of the table that TechEmpower's queries read.</summary>
internal sealed record World(int Id, int RandomNumber)
{
    /// <summary>As many rows as the table has.</summary>
    private const int Rows = 10_000;

    /// <summary>Reads one row, any, by primary key.</summary>
    public static ValueTask<World> ReadAnyAsync(ISession session) =>
        session.QuerySingleAsync<World>("select id, random_number as RandomNumber from world where id = $1", Random.Shared.Next(1, Rows + 1));
}
