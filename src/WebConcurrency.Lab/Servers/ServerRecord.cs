using System.Text.Json;

namespace WebConcurrency.Lab.Servers;

/// <summary>A finished request's record as the server shows it.</summary>
internal sealed class ServerRecord(JsonElement record)
{
    private static readonly string[] Exclusive =
        ["queue_ms", "connection_ms", "db_ms", "io_ms", "gil_ms", "lock_ms", "gc_ms", "cpu_ms", "runnable_ms", "unexplained_ms"];

    /// <summary>A column's figure; <see langword="null"/> when the record does not have it.</summary>
    /// <param name="column">Its name; a part of a column is named behind a dot.</param>
    public double? this[string column]
    {
        get
        {
            var value = record;
            foreach (var name in column.Split('.'))
            {
                if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value))
                {
                    return null;
                }
            }

            return value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
        }
    }

    /// <summary>A column's words; <see langword="null"/> when the record does not have it.</summary>
    public string? Text(string column) => record.ValueKind == JsonValueKind.Object && record.TryGetProperty(column, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>What it did when, counted from its start; empty where the record was not asked for whole.</summary>
    public IReadOnlyList<RecordPhase> Phases => record.ValueKind == JsonValueKind.Object && record.TryGetProperty("phases", out var phases) && phases.ValueKind == JsonValueKind.Array
        ? [.. phases.EnumerateArray().Select(RecordPhase.From)]
        : [];

    /// <summary>A column's figure that cannot be done without.</summary>
    /// <exception cref="ServerException">The record does not have it.</exception>
    public double Needed(string column) => this[column] ?? throw new ServerException(
        $"A record of the server has no {column}: it must run on Linux, with Concurrency__MeteredPerSecond as it is by default.");

    /// <summary>The requests that are said to have held what this one waited for.</summary>
    public IReadOnlyList<long> BlockedBy =>
        record.ValueKind == JsonValueKind.Object && record.TryGetProperty("blocked_by", out var ids) && ids.ValueKind == JsonValueKind.Array
            ? [.. ids.EnumerateArray().Where(id => id.ValueKind == JsonValueKind.Number).Select(id => id.GetInt64())]
            : [];

    /// <summary>The columns that exclude each other, summed; <see langword="null"/> where the system's part of them is not known.</summary>
    public double? Sum => this["unexplained_ms"] is null ? null : Exclusive.Sum(column => this[column] ?? 0);
}
