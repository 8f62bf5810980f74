using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WebConcurrency.Lab.Tests.Running;

/// <summary>Answers every request with the same text.</summary>
internal sealed class GarbageServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly Task _serving;

    public GarbageServer(string text)
    {
        _listener.Start();
        _serving = ServeAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {Encoding.UTF8.GetByteCount(text)}\r\n\r\n{text}"));
    }

    public string Url => $"http://{_listener.LocalEndpoint}";

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Stop();
        await _serving;
        _listener.Dispose();
        _over.Dispose();
    }

    private async Task ServeAsync(byte[] answer)
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_over.Token);
                var stream = client.GetStream();
                _ = await stream.ReadAsync(new byte[8192], _over.Token);
                await stream.WriteAsync(answer, _over.Token);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
