using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace WebConcurrency;

/// <summary>
/// How long a request was in the kernel and in the server before the middleware saw it. Known from the connection's socket, to a tick of the kernel (4 ms
/// at 250 Hz), or from a proxy that is trusted to stamp it. Thread-safe.
/// </summary>
internal sealed class ArrivalTimes(RequestConcurrencyOptions options, TimeProvider time)
{
    private const string ProxyHeader = "X-Request-Start";

    /// <summary>IPPROTO_TCP and TCP_INFO of linux/tcp.h.</summary>
    private const int Tcp = 6, TcpInfo = 11;

    /// <summary>Where tcpi_last_data_recv stands in struct tcp_info: milliseconds since data last came.</summary>
    private const int LastDataReceived = 52;

    /// <summary>Kernels tick 100 to 1,000 times a second.</summary>
    private static readonly TimeSpan LongestTick = TimeSpan.FromMilliseconds(10);

    /// <summary>A stamp older than this is no stamp of a request that still waits, but another clock.</summary>
    private static readonly TimeSpan Believable = TimeSpan.FromMinutes(5);

    private static readonly object ConnectionKey = new();

    private readonly IPNetwork[] _proxies = ProxyNetworks.Parse(options.TrustedProxies);

    /// <summary>The time before the middleware; <see langword="null"/> when nobody knows it.</summary>
    public TimeSpan? Of(HttpContext context) => FromProxy(context) ?? FromSocket(context);

    private TimeSpan? FromProxy(HttpContext context)
    {
        if (_proxies.Length == 0
            || context.Connection.RemoteIpAddress is not { } peer
            || !_proxies.Any(proxy => proxy.Contains(peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer))
            || context.Request.Headers[ProxyHeader] is not { Count: 1 } stamps
            || !TryParse(stamps[0], out var start))
        {
            return null;
        }

        var waited = time.GetUtcNow() - start;
        return waited >= TimeSpan.Zero && waited < Believable ? waited : null;
    }

    /// <summary>Seconds, milliseconds or microseconds since 1970, with or without "t=": each proxy has its own habit, and each its own number of digits.</summary>
    internal static bool TryParse(string? stamp, out DateTimeOffset start)
    {
        start = default;
        if (stamp?.StartsWith("t=", StringComparison.Ordinal) == true)
        {
            stamp = stamp[2..];
        }

        if (!decimal.TryParse(stamp, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number is < 1e9m or >= 1e17m)
        {
            return false;
        }

        var seconds = number switch
        {
            < 1e11m => number,
            < 1e14m => number / 1e3m,
            _ => number / 1e6m,
        };
        start = DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        return true;
    }

    private TimeSpan? FromSocket(HttpContext context)
    {
        // With a body the data that came last may be the body's; HTTP/2 has many requests on one connection.
        if (!OperatingSystem.IsLinux()
            || !(context.Request.Protocol is "HTTP/1.1" or "HTTP/1.0")
            || context.Request.ContentLength > 0 || context.Request.Headers.TransferEncoding.Count > 0
            || context.Features.Get<IConnectionSocketFeature>()?.Socket is not { ProtocolType: ProtocolType.Tcp } socket)
        {
            return null;
        }

        Span<byte> info = stackalloc byte[LastDataReceived + sizeof(uint)];
        try
        {
            if (socket.GetRawSocketOption(Tcp, TcpInfo, info) < info.Length)
            {
                return null;
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return null;
        }

        var waited = TimeSpan.FromMilliseconds(BinaryPrimitives.ReadUInt32LittleEndian(info[LastDataReceived..]));
        return IsPipelined(context, waited) ? null : waited;
    }

    /// <summary>
    /// Whether its data came before the request before it was even taken up. More may have come since, and then the last of it says nothing of this one.
    /// </summary>
    private bool IsPipelined(HttpContext context, TimeSpan waited)
    {
        if (context.Features.Get<IConnectionItemsFeature>()?.Items is not { } items)
        {
            return false;
        }

        if (!items.TryGetValue(ConnectionKey, out var seen))
        {
            items[ConnectionKey] = seen = new Connection();
        }

        var connection = (Connection)seen!;
        var before = connection.TakenUp;
        connection.TakenUp = time.GetTimestamp();
        return before > 0 && time.GetElapsedTime(before) + LongestTick < waited;
    }

    private sealed class Connection
    {
        public long TakenUp { get; set; }
    }
}
