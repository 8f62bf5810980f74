using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WebConcurrency.Lab.Tests.Running;

/// <summary>Answers each request as it is told: the bytes, or <see langword="null"/> to hang up.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly Func<int, CancellationToken, Task<string?>> _answer;
    private readonly Task _accepting;
    private int _requests = -1;

    public ScriptedServer(Func<int, CancellationToken, Task<string?>> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    public static string Ok(string body = "{}") => $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Stop();
        await _accepting;
        _listener.Dispose();
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_over.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var buffer = new byte[8192];
                while (await client.GetStream().ReadAsync(buffer, _over.Token) > 0 && await _answer(Interlocked.Increment(ref _requests), _over.Token) is { } text)
                {
                    await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), _over.Token);
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException)
            {
                // Either side has gone.
            }
        }
    }
}
