using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WebConcurrency.Ledger;
using WebConcurrency.Outputs.Events;

namespace WebConcurrency.Tests.Outputs.Events;

/// <summary>The library's lines on a real socket: an in-memory server has no client that does not read.</summary>
internal sealed class SocketApplication : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SocketApplication(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Urls.Single());
        Client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(1) };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public RequestLedger Ledger => _app.Services.GetRequiredService<RequestLedger>();

    public IMeterFactory Meters => _app.Services.GetRequiredService<IMeterFactory>();

    public EventStream Stream => _app.Services.GetRequiredService<EventStream>();

    public static async Task<SocketApplication> StartAsync(Action<RequestConcurrencyOptions>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddRequestConcurrency(options =>
        {
            options.LoggedPerSecond = 0;
            configure?.Invoke(options);
        });
        var app = builder.Build();
        app.UseRequestConcurrency();
        app.MapGet("/work", () => "done");
        app.MapRequestConcurrency();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new SocketApplication(app);
    }

    public async Task WorkAsync(int requests)
    {
        for (var i = 0; i < requests; i++)
        {
            await Client.GetStringAsync("/work", TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Asks for the stream and never reads a byte of it.</summary>
    public async Task<Socket> ListenWithoutReadingAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4_096 };
        await socket.ConnectAsync(IPAddress.Loopback, Address.Port, TestContext.Current.CancellationToken);
        await socket.SendAsync(
            Encoding.ASCII.GetBytes($"GET /concurrency/events HTTP/1.1\r\nHost: {Address.Authority}\r\n\r\n"), TestContext.Current.CancellationToken);
        return socket;
    }

    public Task<EventReader> ListenAsync(string query = "", long? lastEventId = null) => EventReader.OpenAsync(Client, query, lastEventId);

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
