using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Net.Http.Headers;
using WebConcurrency.Server.Admission;

namespace WebConcurrency.Server.Endpoints;

/// <summary>Reads the whole body of a request, which must say that it is JSON and be of bounded size.</summary>
internal static class JsonBody
{
    public const int MostBytes = 64 * 1024;

    /// <exception cref="ContentTypeException">It says that it is something else, or does not say.</exception>
    /// <exception cref="BodyTooLargeException">It has more than <see cref="MostBytes"/>.</exception>
    /// <exception cref="DeadlineExceededException">It did not come in time.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, RequestDeadline deadline)
    {
        if (!IsJson(request.ContentType))
        {
            throw new ContentTypeException();
        }

        // What is too large by its own word is not read at all.
        if (request.ContentLength > MostBytes)
        {
            throw new BodyTooLargeException(MostBytes);
        }

        // Not by a token: a read that throws for it stays open in Kestrel, which then cannot read away the rest and logs an error. A client that
        // leaves ends the read by itself.
        var reader = request.BodyReader;
        await using var registration = deadline.Token.UnsafeRegister(static reader => ((PipeReader)reader!).CancelPendingRead(), reader);
        try
        {
            return await ReadAsync(reader, deadline);
        }
        catch (BadHttpRequestException)
        {
            // It broke off or stood still. Kestrel would else look for the next request behind it, and log that it cannot.
            request.HttpContext.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
            throw;
        }
        catch (ConnectionResetException)
        {
            // Kestrel would else read away the rest, unless it has heard of the reset by then, and log that it cannot.
            request.HttpContext.Abort();
            throw;
        }
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(PipeReader reader, RequestDeadline deadline)
    {
        while (true)
        {
            var result = await reader.ReadAsync(CancellationToken.None);
            var (buffer, consumed) = (result.Buffer, result.Buffer.Start);
            try
            {
                if (buffer.Length > MostBytes)
                {
                    throw new BodyTooLargeException(MostBytes);
                }

                if (result.IsCanceled)
                {
                    throw deadline.Reason();
                }

                if (result.IsCompleted)
                {
                    consumed = buffer.End;
                    return buffer.ToArray();
                }
            }
            finally
            {
                reader.AdvanceTo(consumed, buffer.End);
            }
        }
    }

    // JSON is UTF-8; a charset that says so is allowed, another one is not.
    private static bool IsJson(string? contentType) => MediaTypeHeaderValue.TryParse(contentType, out var type)
        && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}
