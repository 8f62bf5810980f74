using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace WebConcurrency.Outputs.Page;

/// <summary>The live page and its files. Everything it loads comes from here, and nothing in it may run that is not one of these files.</summary>
internal static class PageEndpoints
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("", (Delegate)Start);
        endpoints.MapGet("/page/{file}", File);
    }

    private static IResult Start(HttpContext context)
    {
        var request = context.Request;
        return request.Path.Value?.EndsWith('/') == true
            // Its links are relative, so that it works wherever it is mapped.
            ? TypedResults.LocalRedirect($"{request.PathBase}{request.Path.Value.TrimEnd('/')}")
            : Send(context, PageFile.All[PageFile.Start]);
    }

    private static IResult File(HttpContext context, string file) =>
        PageFile.All.TryGetValue(file, out var found) ? Send(context, found) : TypedResults.NotFound();

    private static IResult Send(HttpContext context, PageFile file)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";

        // Asked for each time, and sent again only when it is another: a new version never runs with an old one's files.
        headers.CacheControl = "no-cache";
        headers.ETag = file.Tag;
        return context.Request.Headers.IfNoneMatch.ToString().Contains(file.Tag, StringComparison.Ordinal)
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Bytes(file.Content, file.ContentType);
    }
}
