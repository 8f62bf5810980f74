using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using WebConcurrency.Outputs;
using WebConcurrency.Recording;

namespace WebConcurrency.Benchmarks;

/// <summary>A request through the middleware, to an endpoint that does nothing.</summary>
public class MiddlewareBenchmarks
{
    private readonly Response _response = new();
    private readonly Connection _connection = new();
    private RecordedRequests _requests = null!;
    private RequestConcurrencyMiddleware _middleware = null!;
    private DefaultHttpContext _context = null!;

    /// <summary>Recorded or not, and with the operating system asked of every request or of none.</summary>
    [Params(Recording.Off, Recording.On, Recording.Metered)]
    public Recording Mode { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _requests = new RecordedRequests(Mode == Recording.Metered);
        var options = RecordedRequests.Options(Mode == Recording.Metered);
        options.Enabled = Mode != Recording.Off;
        _middleware = new RequestConcurrencyMiddleware(
            static _ => Task.CompletedTask, _requests.Ledger, new MomentLog(NullLoggerFactory.Instance, options, TimeProvider.System),
            new ObservingRequests(options), new ArrivalTimes(options, TimeProvider.System), new OptionsWrapper<RequestConcurrencyOptions>(options));

        _context = new DefaultHttpContext();
        _context.Features.Set<IHttpResponseFeature>(_response);
        _context.Features.Set<IConnectionSocketFeature>(_connection);
        _context.Features.Set<IConnectionItemsFeature>(_connection);
        _context.Request.Method = "GET";
        _context.Request.Path = "/plain";
        _context.Request.Protocol = "HTTP/1.1";
        RecordedRequests.Warm(() =>
        {
            Request();
            Settle();
        });
    }

    [Benchmark(OperationsPerInvoke = RecordedRequests.Count)]
    public void Request()
    {
        for (var i = 0; i < RecordedRequests.Count; i++)
        {
            _ = _middleware.InvokeAsync(_context);
            _response.Complete();

            // As a server does before it reads the next request.
            AmbientRecorder.Current = null;
        }
    }

    [IterationCleanup]
    public void Settle() => _requests.Ledger.Settle();

    [GlobalCleanup]
    public void CleanUp() => _connection.Dispose();

    public enum Recording
    {
        Off,
        On,
        Metered,
    }

    private sealed class Response : HttpResponseFeature
    {
        private Func<object, Task>? _completed;
        private object? _state;

        public override void OnCompleted(Func<object, Task> callback, object state) => (_completed, _state) = (callback, state);

        public void Complete()
        {
            _completed?.Invoke(_state!);
            _completed = null;
        }
    }

    /// <summary>A connection of TCP, which can be asked when its data came.</summary>
    private sealed class Connection : IConnectionSocketFeature, IConnectionItemsFeature, IDisposable
    {
        private readonly Socket _client;

        public Connection()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            _client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _client.Connect(listener.LocalEndpoint);
            Socket = listener.AcceptSocket();
        }

        public Socket Socket { get; }

        public IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

        public void Dispose()
        {
            Socket.Dispose();
            _client.Dispose();
        }
    }
}
