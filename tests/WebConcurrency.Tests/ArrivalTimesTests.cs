using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using WebConcurrency.Ledger;

namespace WebConcurrency.Tests;

public sealed class ArrivalTimesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, 500, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1772600767.25", 250)]
    [InlineData("t=1772600767.25", 250)]
    [InlineData("1772600767250", 250)]
    [InlineData("1772600767250000", 250)]
    [InlineData("t=1772600767.500", 0)]
    public void Trusted_proxy_s_stamp_is_read_in_each_of_its_habits(string stamp, double waited) =>
        Assert.Equal(waited, FromProxy("10.1.2.3", stamp)?.TotalMilliseconds);

    [Theory]
    [InlineData("10.1.2.3", "")]
    [InlineData("10.1.2.3", "soon")]
    [InlineData("10.1.2.3", "-1772600767")]
    [InlineData("10.1.2.3", "1772600768.25")]
    [InlineData("10.1.2.3", "1772500000")]
    [InlineData("10.1.2.3", "99999999999999999999999999999999999999")]
    [InlineData("192.168.1.1", "1772600767.25")]
    public void Stamp_of_the_future_of_long_ago_of_nonsense_or_of_a_stranger_is_not_believed(string peer, string stamp) =>
        Assert.Null(FromProxy(peer, stamp));

    [Fact]
    public async Task Request_that_lay_in_the_socket_says_how_long()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Sockets tell of arrivals on Linux only.");
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddRequestConcurrency();
        await using var app = builder.Build();
        var delay = 0;

        // Before the recorder: what keeps a request from reaching it.
        app.Use(async (context, next) =>
        {
            await Task.Delay(delay, Token);
            await next(context);
        });
        app.UseRequestConcurrency();
        app.MapGet("/", () => "x");
        app.MapPost("/", () => "x");
        await app.StartAsync(Token);
        var address = new Uri(app.Urls.Single());
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address.Host, address.Port, Token);

        await SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 1);
        delay = 200;
        var sent = Stopwatch.GetTimestamp();
        await SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n", 1);
        var answered = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
        await SendAsync("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx", 1);
        await SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", 2);
        var ledger = app.Services.GetRequiredService<RequestLedger>();
        Assert.True(SpinWait.SpinUntil(() => ledger.Settled == 5, TimeSpan.FromSeconds(30)), "no records");

        var arrivals = ledger.Newest(1_000).Select(record => record.Figures.Arrival?.TotalMilliseconds).ToList();
        // To a tick of the kernel.
        Assert.InRange(arrivals[1]!.Value, 190, answered + 10);
        Assert.Null(arrivals[2]);

        // The second of two that came together came while the first was served.
        Assert.Null(arrivals[4]);

        async Task SendAsync(string text, int answers)
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(text), Token);
            var buffer = new byte[4_096];
            for (var read = ""; read.Split("HTTP/1.1 200").Length <= answers;)
            {
                read += Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, Token));
            }
        }
    }

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("10.1.2.4", false)]
    [InlineData("2001:db8::1", true)]
    public void Proxy_may_be_a_single_address(string peer, bool isBelieved) =>
        Assert.Equal(isBelieved, FromProxy(peer, "1772600767.25", "10.1.2.3", "2001:db8::1") is not null);

    [Theory]
    [InlineData("proxy.example")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10")]
    [InlineData("")]
    public async Task Proxy_that_is_no_address_and_no_network_ends_the_application_at_its_start(string proxy)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddRequestConcurrency(options => options.TrustedProxies.Add(proxy));
        await using var app = builder.Build();

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync(Token));

        Assert.Contains($"Concurrency:TrustedProxies has '{proxy}'", failure.Message, StringComparison.Ordinal);
    }

    private static TimeSpan? FromProxy(string peer, string stamp, params string[] proxies)
    {
        var options = new RequestConcurrencyOptions();
        options.TrustedProxies.UnionWith(proxies.Length > 0 ? proxies : ["10.0.0.0/8"]);
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        context.Request.Headers["X-Request-Start"] = stamp;
        return new ArrivalTimes(options, new FakeTimeProvider(Now)).Of(context);
    }
}
