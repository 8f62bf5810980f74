namespace WebConcurrency.Server.Tests.Telemetry;

/// <summary>A span as it came over OTLP (opentelemetry/proto/trace/v1/trace.proto).</summary>
internal sealed class ReceivedSpan(WireMessage span)
{
    public const ulong Server = 2, Client = 3;

    public string Trace { get; } = span.Hex(1);

    public string Id { get; } = span.Hex(2);

    public string Parent { get; } = span.Hex(4);

    public string Name { get; } = span.Text(5);

    public ulong Kind { get; } = span.Number(6);

    public ulong Start { get; } = span.Number(7);

    public ulong End { get; } = span.Number(8);

    public IReadOnlyDictionary<string, object?> Attributes { get; } = ReadAttributes(span, 9);

    public IReadOnlyList<(string Name, ulong Time, IReadOnlyDictionary<string, object?> Attributes)> Events { get; } =
        [.. span.Messages(11).Select(one => (one.Text(2), one.Number(1), ReadAttributes(one, 3)))];

    public static IReadOnlyDictionary<string, object?> ReadAttributes(WireMessage parent, int field) =>
        parent.Messages(field).ToDictionary(pair => pair.Text(1), pair => Value(new WireMessage(pair.Bytes(2))), StringComparer.Ordinal);

    private static object? Value(WireMessage any) =>
        any.Has(1) ? any.Text(1)
        : any.Has(2) ? any.Number(2) != 0
        : any.Has(3) ? (long)any.Number(3)
        : any.Has(4) ? BitConverter.UInt64BitsToDouble(any.Number(4))
        : any.Has(5) ? any.Messages(5).SelectMany(array => array.Messages(1)).Select(Value).ToArray()
        : null;
}
