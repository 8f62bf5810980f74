using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Browser.Tests.Running;

/// <summary>One server process for all tests that do not stop it.</summary>
public sealed class RunningServer : IAsyncLifetime
{
    private ServerProcess? _server;

    public Uri Address => _server!.Client.BaseAddress!;

    public HttpClient Client => _server!.Client;

    public async ValueTask InitializeAsync() => _server = await ServerProcess.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
