using System.Globalization;
using WebConcurrency.Recording;

namespace WebConcurrency.Server.Endpoints;

/// <summary>Where a request's time went until its answer was written, in the header that browsers' own tools read: w3.org/TR/server-timing.</summary>
internal static class ServerTiming
{
    public const string Header = "Server-Timing";

    /// <summary>The parts that an answer names too, in milliseconds.</summary>
    public static string Of(in RequestTimes times)
    {
        var parts = string.Create(
            CultureInfo.InvariantCulture,
            $"queue;dur={Milliseconds(times.Queue)}, connection;dur={Milliseconds(times.Connection)}, db;dur={Milliseconds(times.Database)}, gil;dur={Milliseconds(times.Gil)}");
        return times.Cpu is { } cpu ? string.Create(CultureInfo.InvariantCulture, $"{parts}, cpu;dur={Milliseconds(cpu)}") : parts;
    }

    public static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);
}
