using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace WebConcurrency.Server.Tests.Telemetry;

/// <summary>Takes in what a server sends over OTLP, by gRPC or by HTTP, and keeps it. The server must be another process: this one's own requests would be traced.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _exports = new();

    private OtlpReceiver(bool grpc, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = grpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        _app = builder.Build();
        _app.Run(context => grpc ? GrpcAsync(context) : HttpAsync(context));
    }

    public string Endpoint => _app.Urls.Single();

    public IEnumerable<ReceivedSpan> Spans => Of("TraceService/Export", "/v1/traces")
        .SelectMany(export => export.Messages(1)).SelectMany(resource => resource.Messages(2)).SelectMany(scope => scope.Messages(2))
        .Select(span => new ReceivedSpan(span));

    public IEnumerable<IReadOnlyDictionary<string, object?>> Resources => Of("TraceService/Export", "/v1/traces")
        .SelectMany(export => export.Messages(1)).SelectMany(resource => resource.Messages(1)).Select(resource => ReceivedSpan.ReadAttributes(resource, 1));

    /// <summary>Names and units.</summary>
    public IEnumerable<(string Name, string Unit)> Metrics => Of("MetricsService/Export", "/v1/metrics")
        .SelectMany(export => export.Messages(1)).SelectMany(resource => resource.Messages(2)).SelectMany(scope => scope.Messages(2))
        .Select(metric => (metric.Text(1), metric.Text(3)));

    /// <param name="grpc">Or HTTP.</param>
    /// <param name="port">Where to listen; 0 for any.</param>
    public static async Task<OtlpReceiver> StartAsync(bool grpc, int port = 0)
    {
        var receiver = new OtlpReceiver(grpc, port);
        await receiver._app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    /// <summary>Whether a text stands anywhere in what has come.</summary>
    public bool Contains(string text) => _exports.Any(export => export.Body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private IEnumerable<WireMessage> Of(params string[] ends) => _exports
        .Where(export => ends.Any(end => export.Path.EndsWith(end, StringComparison.Ordinal)))
        .Select(export => new WireMessage(export.Body));

    private async Task HttpAsync(HttpContext context)
    {
        _exports.Enqueue((context.Request.Path, await BodyAsync(context)));
        context.Response.ContentType = "application/x-protobuf";
    }

    /// <summary>One message each way, behind a byte that says whether it is compressed and four that give its length (the gRPC protocol over HTTP/2).</summary>
    private async Task GrpcAsync(HttpContext context)
    {
        var body = await BodyAsync(context);
        Assert.Equal(0, body[0]);
        var length = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(1));
        _exports.Enqueue((context.Request.Path, body[5..(5 + length)]));
        context.Response.ContentType = "application/grpc";
        context.Response.DeclareTrailer("grpc-status");
        await context.Response.Body.WriteAsync(new byte[5]);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        return body.ToArray();
    }
}
