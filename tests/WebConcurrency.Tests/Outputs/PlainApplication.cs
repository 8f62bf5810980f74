using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WebConcurrency.Ledger;

namespace WebConcurrency.Tests.Outputs;

/// <summary>An application that adds the library's two lines and nothing else, on an in-memory server.</summary>
internal sealed class PlainApplication : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PlainApplication(WebApplication app, LogLines lines)
    {
        _app = app;
        Lines = lines;
        Client = app.GetTestClient();
    }

    public HttpClient Client { get; }

    /// <summary>What was logged.</summary>
    public LogLines Lines { get; }

    public RequestLedger Ledger => _app.Services.GetRequiredService<RequestLedger>();

    public static async Task<PlainApplication> StartAsync(
        Action<WebApplication> map, Action<RequestConcurrencyOptions>? configure = null, string environment = "Development",
        Action<IServiceCollection>? services = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.WebHost.UseTestServer();
        var lines = new LogLines();
        builder.Logging.ClearProviders().AddProvider(lines).SetMinimumLevel(LogLevel.Debug);
        services?.Invoke(builder.Services);
        builder.Services.AddRequestConcurrency(configure);
        var app = builder.Build();
        app.UseRequestConcurrency();
        map(app);
        if (!((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Any(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/concurrency", StringComparison.Ordinal)))
        {
            app.MapRequestConcurrency();
        }

        await app.StartAsync(TestContext.Current.CancellationToken);
        return new PlainApplication(app, lines);
    }

    public async Task<string> GetAsync(string path) => await Client.GetStringAsync(path, TestContext.Current.CancellationToken);

    public async Task<JsonElement> JsonAsync(string path) => await Client.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);

    /// <summary>The only record; waits for it, since a response reaches an in-memory client before the server calls it complete.</summary>
    public async Task<JsonElement> OnlyRecordAsync()
    {
        while (true)
        {
            var records = await JsonAsync("/concurrency/requests");
            if (records.GetArrayLength() > 0)
            {
                Assert.Equal(1, records.GetArrayLength());
                return records[0];
            }

            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The newest record of a route; waits for it.</summary>
    public async Task<JsonElement> RecordAsync(string route)
    {
        while (true)
        {
            foreach (var record in (await JsonAsync("/concurrency/requests")).EnumerateArray())
            {
                if (record.GetProperty("route").GetString() == route)
                {
                    return record;
                }
            }

            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(TestContext.Current.CancellationToken);
        await _app.DisposeAsync();
    }
}
