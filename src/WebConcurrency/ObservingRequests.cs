using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using WebConcurrency.Recording;

namespace WebConcurrency;

/// <summary>Tells the requests that only look, or stay open without working. They are not recorded, so that watching changes nothing.</summary>
internal sealed class ObservingRequests(RequestConcurrencyOptions options)
{
    private readonly PathString[] _paths = [.. options.ObservingPaths.Select(path => new PathString(path.StartsWith('/') ? path : "/" + path))];

    /// <summary>Whether the application says that such a request only looks. What a client says of itself does not count.</summary>
    public bool Includes(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<ObservingEndpoint>() is not null)
        {
            return true;
        }

        foreach (var path in _paths)
        {
            if (context.Request.Path.StartsWithSegments(path))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A client may ask for an event stream or a WebSocket; only when it is given one is the request withdrawn.</summary>
    public static void WithdrawIfItStaysOpen(HttpContext context, RequestRecorder recorder)
    {
        var headers = context.Request.Headers;
        if (headers.Accept.ToString().Contains(EventStream, StringComparison.OrdinalIgnoreCase)
            || headers.Upgrade.Count > 0
            || context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true })
        {
            context.Response.OnStarting(static state =>
            {
                var (context, recorder) = ((HttpContext, RequestRecorder))state;
                if (context.Response.StatusCode == StatusCodes.Status101SwitchingProtocols
                    || context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true }
                    || context.Response.ContentType?.StartsWith(EventStream, StringComparison.OrdinalIgnoreCase) == true)
                {
                    recorder.Withdraw();
                }

                return Task.CompletedTask;
            }, (context, recorder));
        }
    }

    private const string EventStream = "text/event-stream";
}
