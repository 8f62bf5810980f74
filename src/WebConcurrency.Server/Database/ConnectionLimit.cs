using System.Globalization;
using Npgsql;

namespace WebConcurrency.Server.Database;

/// <summary>How many connections this server may use by default.</summary>
internal static class ConnectionLimit
{
    /// <summary>Left for whoever else looks at the database: health, a person with psql, a second server's start.</summary>
    private const int Spare = 10;

    /// <summary>More than a few per core of the database help nobody, save that a waiting request holds one and waits are what is shown.</summary>
    private const int Most = 256;

    public static async Task<int> ReadAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        // reserved_connections came with PostgreSQL 16.
        await using var command = source.CreateCommand(
            """
            select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
                 - coalesce(current_setting('reserved_connections', true), '0')::int
            """);
        return Default(Convert.ToInt32(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture));
    }

    /// <param name="allowed">What the database allows to ordinary users.</param>
    internal static int Default(int allowed) => Math.Clamp(allowed - Spare, 1, Most);
}
