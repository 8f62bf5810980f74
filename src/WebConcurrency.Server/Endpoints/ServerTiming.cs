using System.Globalization;
using WebConcurrency.Recording;

namespace WebConcurrency.Server.Endpoints;

/// <summary>Where a request's time went until its answer was written, in the header that browsers' own tools read: w3.org/TR/server-timing.</summary>
internal static class ServerTiming
{
    public const string Header = "Server-Timing";

    /// <summary>What is known by now, in milliseconds; of locks and collections that is mostly nothing before the record is made.</summary>
    public static string Of(in RequestTimes times)
    {
        // In one go on the stack: a string for each part would be half of what an answer costs to write.
        Span<char> text = stackalloc char[512];
        var written = 0;
        Add(text, ref written, "queue;dur=", times.Queue);
        Add(text, ref written, ", connection;dur=", times.Connection);
        Add(text, ref written, ", db;dur=", times.Database);
        // Without any, nobody may have told of it: the record leaves it out as well.
        AddKnown(text, ref written, ", io;dur=", times.Io > TimeSpan.Zero ? times.Io : null);
        Add(text, ref written, ", gil;dur=", times.Gil);
        AddKnown(text, ref written, ", lock;dur=", times.Lock);
        AddKnown(text, ref written, ", gc;dur=", times.Gc);
        AddKnown(text, ref written, ", cpu;dur=", times.Cpu);
        AddKnown(text, ref written, ", runnable;dur=", times.Runnable);
        return new string(text[..written]);
    }

    private static void AddKnown(Span<char> text, ref int written, string name, TimeSpan? time)
    {
        if (time is { } known)
        {
            Add(text, ref written, name, known);
        }
    }

    private static void Add(Span<char> text, ref int written, string name, TimeSpan time)
    {
        name.CopyTo(text[written..]);
        written += name.Length;
        if (Milliseconds(time).TryFormat(text[written..], out var length, provider: CultureInfo.InvariantCulture))
        {
            written += length;
        }
    }

    public static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);
}
