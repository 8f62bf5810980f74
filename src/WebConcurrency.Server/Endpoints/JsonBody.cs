using Microsoft.Net.Http.Headers;

namespace WebConcurrency.Server.Endpoints;

/// <summary>Reads the whole body of a request, which must say that it is JSON and be of bounded size.</summary>
internal static class JsonBody
{
    public const int MostBytes = 64 * 1024;

    /// <exception cref="ContentTypeException">It says that it is something else, or does not say.</exception>
    /// <exception cref="BodyTooLargeException">It has more than <see cref="MostBytes"/>.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request)
    {
        if (!IsJson(request.ContentType))
        {
            throw new ContentTypeException();
        }

        // What is too large by its own word is not read at all. One byte more than it may have shows the end, or that there is more.
        var buffer = request.ContentLength is > MostBytes
            ? throw new BodyTooLargeException(MostBytes)
            : new byte[(int)(request.ContentLength ?? MostBytes) + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
        return length > MostBytes ? throw new BodyTooLargeException(MostBytes) : buffer.AsMemory(0, length);
    }

    // JSON is UTF-8; a charset that says so is allowed, another one is not.
    private static bool IsJson(string? contentType) => MediaTypeHeaderValue.TryParse(contentType, out var type)
        && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}
