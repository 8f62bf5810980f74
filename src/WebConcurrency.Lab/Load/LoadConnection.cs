using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WebConcurrency.Lab.Load;

/// <summary>A connection with at most one request under way, which never blocks its thread. Not thread-safe.</summary>
internal sealed class LoadConnection(Uri address, string path) : IDisposable
{
    private const int Longest = 1024 * 1024;

    private readonly byte[] _request = Encoding.ASCII.GetBytes($"GET {new Uri(address, path).PathAndQuery} HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n");
    private byte[] _received = new byte[4096];
    private int _length;

    public Socket Socket { get; private set; } = null!;

    /// <summary>When the request under way was due.</summary>
    public long Due { get; private set; }

    public bool IsBusy { get; private set; }

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        Socket?.Dispose();
        Socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await Socket.ConnectAsync(new DnsEndPoint(address.DnsSafeHost, address.Port), cancellationToken);
        Socket.Blocking = false;
    }

    public void Reopen()
    {
        Socket.Dispose();
        Socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Socket.Connect(new DnsEndPoint(address.DnsSafeHost, address.Port));
        Socket.Blocking = false;
    }

    public void Send(long due)
    {
        // A request is far shorter than a send buffer that is empty.
        if (Socket.Send(_request) != _request.Length)
        {
            throw new IOException("The connection does not take a whole request.");
        }

        (Due, IsBusy, _length) = (due, true, 0);
    }

    /// <summary>Takes what has come.</summary>
    /// <returns>Whether the answer is whole; otherwise the rest is still to come.</returns>
    /// <exception cref="IOException">The server has closed the connection before.</exception>
    /// <exception cref="FormatException">This is no answer.</exception>
    public bool TryReceive(out Answer answer)
    {
        answer = default;
        if (_length == _received.Length)
        {
            Array.Resize(ref _received, _length < Longest ? 2 * _length : throw new FormatException($"it is longer than {Longest} bytes"));
        }

        var count = Socket.Receive(_received.AsSpan(_length), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            return false;
        }

        if (count == 0 || error != SocketError.Success)
        {
            throw new IOException(error == SocketError.Success ? "it closed the connection in the middle of a request" : new SocketException((int)error).Message);
        }

        _length += count;
        IsBusy = !AnswerReader.TryRead(_received.AsSpan(0, _length), out answer);
        return !IsBusy;
    }

    public void Dispose() => Socket?.Dispose();
}
