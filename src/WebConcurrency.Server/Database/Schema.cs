using Npgsql;

namespace WebConcurrency.Server.Database;

/// <summary>The tables that the workloads need, made where they are missing.</summary>
internal static class Schema
{
    public const int Rows = 10_000;

    // Two servers may start on one database at once: an advisory lock lets one make the tables while the other waits.
    private const string Create =
        """
        begin;
        select pg_advisory_xact_lock(7263549120);
        create table if not exists world (id integer primary key, random_number integer not null);
        insert into world (id, random_number)
            select id, 1 + floor(random() * 10000)::integer from generate_series(1, 10000) as id
            where not exists (select from world)
            on conflict do nothing;
        commit;
        """;

    public static async Task CreateAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(Create);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
