using Npgsql;

namespace WebConcurrency.Server.Database;

/// <summary>The tables that the workloads need, made where they are missing; see <c>schema.sql</c>.</summary>
internal static class Schema
{
    public static async Task CreateAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(Script());

        // Longer than connections for looking allow: it may have to wait for another server that makes the tables just now.
        command.CommandTimeout = 60;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Script()
    {
        using var stream = typeof(Schema).Assembly.GetManifestResourceStream("schema.sql")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
