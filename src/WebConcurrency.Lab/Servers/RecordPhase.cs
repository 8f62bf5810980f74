using System.Text.Json;

namespace WebConcurrency.Lab.Servers;

/// <summary>A phase of a record, in milliseconds from its start.</summary>
/// <param name="Kind">What it was: work, db, queue, ….</param>
/// <param name="StartMs">When it began.</param>
/// <param name="EndMs">When it ended.</param>
/// <param name="Thread">The system's number of the thread that worked or was held; <see langword="null"/> when none was, or nobody knows.</param>
internal sealed record RecordPhase(string Kind, double StartMs, double EndMs, int? Thread)
{
    public static RecordPhase From(JsonElement phase) => new(
        phase.GetProperty("kind").GetString() ?? "",
        phase.GetProperty("start_ms").GetDouble(),
        phase.GetProperty("end_ms").GetDouble(),
        phase.TryGetProperty("thread", out var thread) && thread.TryGetProperty("os", out var os) && os.ValueKind == JsonValueKind.Number ? os.GetInt32() : null);
}
