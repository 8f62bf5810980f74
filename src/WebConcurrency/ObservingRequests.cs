using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace WebConcurrency;

/// <summary>Tells the requests that only look, or stay open without working. They are not recorded, so that watching changes nothing.</summary>
internal sealed class ObservingRequests(RequestConcurrencyOptions options)
{
    private readonly string[] _paths = [.. options.ObservingPaths];

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

        var headers = context.Request.Headers;
        return headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase)
            || headers.Upgrade.ToString().Contains("websocket", StringComparison.OrdinalIgnoreCase)
            || context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };
    }
}
