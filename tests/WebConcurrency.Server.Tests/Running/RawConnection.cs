using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WebConcurrency.Server.Tests.Running;

/// <summary>One connection, kept alive, without a client library that would open another.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient _client = new();
    private readonly NetworkStream _stream;
    private readonly string _host;

    public RawConnection(Uri address)
    {
        _client.Connect(IPAddress.Loopback, address.Port);
        _stream = _client.GetStream();
        _host = address.Authority;
    }

    public Task SendAsync(string path, string secret) => WriteAsync($"GET {path} HTTP/1.1\r\nHost: {_host}\r\nX-Secret: {secret}\r\n\r\n");

    /// <summary>Sends a request whose body it says is longer.</summary>
    public Task SendHalfAsync(string path, string half) => WriteAsync(
        $"POST {path} HTTP/1.1\r\nHost: {_host}\r\nContent-Type: application/json\r\nContent-Length: {half.Length + 100}\r\n\r\n{half}");

    private async Task WriteAsync(string text) => await _stream.WriteAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);

    public async Task<string> AskAsync(string path, string secret)
    {
        await SendAsync(path, secret);
        return await AnswerAsync();
    }

    /// <summary>Reads one whole response; every response of this server is chunked or has a length.</summary>
    public Task<string> AnswerAsync()
    {
        return Eventually.EndsAsync(ReadAsync(), "an answer");

        async Task<string> ReadAsync()
        {
            var text = new StringBuilder();
            var buffer = new byte[4096];
            while (!IsWhole(text.ToString()))
            {
                var read = await _stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
                Assert.NotEqual(0, read);
                text.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }

            return text.ToString();
        }
    }

    /// <summary>Breaks the connection off instead of closing it.</summary>
    public void Reset()
    {
        _client.LingerState = new LingerOption(true, 0);
        _client.Close();
    }

    public void Dispose() => _client.Dispose();

    private static bool IsWhole(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return false;
        }

        const string Length = "Content-Length: ";
        var length = text.IndexOf(Length, StringComparison.OrdinalIgnoreCase);
        return length >= 0 && length < end
            ? text.Length >= end + 4 + int.Parse(text[(length + Length.Length)..text.IndexOf('\r', length)], null)
            : text.EndsWith("0\r\n\r\n", StringComparison.Ordinal);
    }
}
