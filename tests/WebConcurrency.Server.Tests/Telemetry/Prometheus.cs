using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Telemetry;

/// <summary>A real Prometheus that scrapes one server.</summary>
internal sealed class Prometheus : IAsyncDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _folder;
    private readonly HttpClient _client;

    private Prometheus(Process process, DirectoryInfo folder, Uri address)
    {
        _process = process;
        _folder = folder;
        _client = new HttpClient { BaseAddress = address };
    }

    public static async Task<Prometheus> StartAsync(string program, Uri target)
    {
        var folder = Directory.CreateTempSubdirectory("webconcurrency-prometheus-");
        var configuration = Path.Combine(folder.FullName, "prometheus.yml");
        await File.WriteAllTextAsync(
            configuration,
            $$"""
            global: { scrape_interval: 500ms, scrape_timeout: 500ms }
            scrape_configs: [{ job_name: server, static_configs: [{ targets: ["{{target.Authority}}"] }] }]
            """,
            TestContext.Current.CancellationToken);
        var address = $"127.0.0.1:{FreePort()}";
        var start = new ProcessStartInfo(
            program,
            [$"--config.file={configuration}", $"--storage.tsdb.path={folder.FullName}/data", $"--web.listen-address={address}", "--log.level=error"])
        {
            RedirectStandardError = true, RedirectStandardOutput = true,
        };
        return new Prometheus(Process.Start(start)!, folder, new Uri($"http://{address}"));
    }

    /// <summary>The value of an expression; waits until there is one.</summary>
    public Task<string> AskAsync(string expression) => Eventually.SeenAsync(() => TryAskAsync(expression), value => value.Length > 0, expression);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<string> TryAskAsync(string expression)
    {
        Assert.False(_process.HasExited, "Prometheus has ended.");
        try
        {
            var answer = await _client.GetFromJsonAsync<JsonElement>(
                $"/api/v1/query?query={Uri.EscapeDataString(expression)}", TestContext.Current.CancellationToken);
            var result = answer.GetProperty("data").GetProperty("result");
            return result.GetArrayLength() == 0 ? "" : result[0].GetProperty("value")[1].GetString()!;
        }
        catch (HttpRequestException)
        {
            // It does not listen yet.
            return "";
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
