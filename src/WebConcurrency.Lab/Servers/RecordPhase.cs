using System.Text.Json;

namespace WebConcurrency.Lab.Servers;

/// <summary>A phase of a record, in milliseconds from its start.</summary>
/// <param name="Kind">What it was: work, db, queue, ….</param>
/// <param name="StartMs">When it began.</param>
/// <param name="EndMs">When it ended.</param>
/// <param name="Thread">The system's number of the thread that worked or was held; <see langword="null"/> when none was, or nobody knows.</param>
internal sealed record RecordPhase(string Kind, double StartMs, double EndMs, int? Thread)
{
    /// <exception cref="ServerException">It is none.</exception>
    public static RecordPhase From(JsonElement phase) => new(
        JsonFields.Text(phase, "kind", "phase of a record"),
        JsonFields.Number(phase, "start_ms", "phase of a record"),
        JsonFields.Number(phase, "end_ms", "phase of a record"),
        phase.TryGetProperty("thread", out var thread) && thread.ValueKind == JsonValueKind.Object && thread.TryGetProperty("os", out var os) && os.ValueKind == JsonValueKind.Number
            && os.TryGetInt32(out var id) ? id : null);
}
