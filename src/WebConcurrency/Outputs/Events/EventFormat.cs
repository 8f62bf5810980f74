using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using WebConcurrency.Ledger;

namespace WebConcurrency.Outputs.Events;

/// <summary>Writes server-sent events (WHATWG HTML, section 9.2).</summary>
internal sealed class EventFormat(RequestConcurrencyOptions options, Timebase timebase, RequestLedger ledger)
{
    /// <summary>A request of a thousand queries would else make an event of 100 KB; its record has them all.</summary>
    private const int MostPhases = 256;

    private readonly Columns _columns = new(options);

    /// <summary>An event without a name: what <c>onmessage</c> gets.</summary>
    public EventFrame Record(RequestRecord record)
    {
        var started = record.Figures.Started;
        var told = Math.Min(MostPhases, record.Phases.Length);
        var json = new RecordEventJson(
            _columns.Of(record),
            Columns.Milliseconds(timebase.At(started)),
            [.. record.Phases.AsSpan(0, told).ToArray().Select(phase => new PhaseJson(
                Columns.Name(phase.Kind), Offset(phase.Start), Offset(phase.End), Columns.Milliseconds(ledger.Length(phase.End - phase.Start)))
                {
                    Thread = phase.Thread is { } thread ? ThreadJson.From(thread) : null,
                })],
            record.PhasesLeftOut || told < record.Phases.Length);

        var buffer = new ArrayBufferWriter<byte>(1_024);
        var sequence = record.Figures.Sequence;
        Id(buffer, sequence);
        Data(buffer, json, EventJsonContext.Default.RecordEventJson);
        return new EventFrame(sequence, buffer.WrittenMemory);

        double Offset(long timestamp) => Columns.Milliseconds(ledger.Length(timestamp - started));
    }

    public static void Named<T>(IBufferWriter<byte> output, ReadOnlySpan<byte> name, T value, JsonTypeInfo<T> type)
    {
        output.Write("event: "u8);
        output.Write(name);
        output.Write("\n"u8);
        Data(output, value, type);
    }

    /// <summary>Where a listener that comes back goes on: browsers send it as <c>Last-Event-ID</c>.</summary>
    public static void Id(IBufferWriter<byte> output, long sequence) =>
        output.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {sequence}\n")));

    private static void Data<T>(IBufferWriter<byte> output, T value, JsonTypeInfo<T> type)
    {
        output.Write("data: "u8);
        // The serializer escapes line breaks inside strings and makes none of its own: one line of data.
        using (var writer = new Utf8JsonWriter(output))
        {
            JsonSerializer.Serialize(writer, value, type);
        }

        output.Write("\n\n"u8);
    }
}
