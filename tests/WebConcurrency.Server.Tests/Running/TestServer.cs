using System.Collections.Immutable;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using WebConcurrency.Ledger;

namespace WebConcurrency.Server.Tests.Running;

/// <summary>The server in this process, on a real socket and a real database.</summary>
internal sealed class TestServer : WebApplicationFactory<Program>
{
    private readonly TestPostgres _postgres;
    private readonly Action<IServiceCollection>? _services;
    private readonly (string Key, string Value)[] _settings;

    public TestServer(TestPostgres postgres, Action<IServiceCollection>? services = null, params (string Key, string Value)[] settings)
    {
        _postgres = postgres;
        _services = services;
        _settings = settings;
        UseKestrel(0);
        StartServer();
        Client = CreateClient();
        Client.Timeout = TimeSpan.FromMinutes(1);
    }

    public HttpClient Client { get; }

    public Uri Address => Client.BaseAddress!;

    public Task<HttpResponseMessage> GetAsync(string path) => Client.GetAsync(path, TestContext.Current.CancellationToken);

    public async Task<JsonElement> JsonAsync(string path)
    {
        using var answer = await GetAsync(path);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    /// <summary>A finished request's record; waits until it is there.</summary>
    public async Task<JsonElement> RecordAsync(long id)
    {
        var path = $"/concurrency/requests/{id}";
        return await Eventually.SeenAsync(() => JsonAsync(path), record => record.TryGetProperty("phases", out _), path);
    }

    /// <summary>The finished records, once so many are there. Their phases are on one clock; over HTTP each request's are counted from its own start.</summary>
    public Task<ImmutableArray<RequestRecord>> RecordsAsync(int count)
    {
        var ledger = Services.GetRequiredService<RequestLedger>();
        return Eventually.SeenAsync(() => Task.FromResult(ledger.Newest(count + 1)), records => records.Length == count, $"{count} records");
    }

    /// <summary>Waits until a figure of the summary has a value.</summary>
    public Task UntilSummaryAsync(string figure, int expected) => Eventually.EqualAsync(
        expected, async () => (await JsonAsync("/concurrency/summary")).GetProperty(figure).GetInt32(), $"'{figure}' of the summary");

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Development");
        builder.UseSetting("ConnectionStrings:Postgres", _postgres.ConnectionString);
        builder.UseSetting("Serilog:MinimumLevel:Default", "Fatal");
        builder.UseSetting("Serilog:MinimumLevel:Override:WebConcurrency.Moments", "Fatal");
        builder.UseSetting("Admission:Notice", "00:00:00");
        foreach (var (key, value) in _settings)
        {
            builder.UseSetting(key, value);
        }

        if (_services is not null)
        {
            builder.ConfigureTestServices(_services);
        }
    }
}
