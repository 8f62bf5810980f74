using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace WebConcurrency.Lab.Servers;

/// <summary>Speaks HTTP to a server. Thread-safe. Whatever goes wrong is a <see cref="ServerException"/> that says what and where.</summary>
internal sealed class ServerClient : IDisposable
{
    private const int RoundTrips = 20;
    private const int MostLooks = 20;
    private const int MostShown = 200;

    /// <summary>A record with all its phases has some megabytes at most.</summary>
    private const int LongestAnswer = 64 * 1024 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(10);

    private readonly HttpClient _client;

    /// <param name="address">Where it is.</param>
    /// <param name="limit">How long it may take to answer; by default half a minute.</param>
    public ServerClient(Uri address, TimeSpan? limit = null)
    {
        // So that a path in front of the server's own stays.
        Address = address.AbsolutePath.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/");

        // A pool without a limit and without proxies, so that nothing queues on this side.
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
        {
            BaseAddress = Address,
            Timeout = limit ?? Limit,
            MaxResponseContentBufferSize = LongestAnswer,
        };
    }

    public Uri Address { get; }

    /// <summary>Finds out what server this is.</summary>
    /// <exception cref="ServerException">There is none, or none whose records can be read.</exception>
    public async Task<ServerFacts> FactsAsync(CancellationToken cancellationToken)
    {
        var summary = await TryGetAsync("concurrency/summary", cancellationToken) ?? throw new ServerException(
            $"The server at {Address} does not show its records: start it with Concurrency__Open=true.");
        if (!summary.TryGetProperty("finished", out _))
        {
            throw Misunderstood("concurrency/summary", "no summary of requests");
        }

        var lab = await LabAsync(cancellationToken);
        var shortest = double.MaxValue;
        for (var i = 0; i < RoundTrips; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await ReadAsync("plain", cancellationToken);
            shortest = Math.Min(shortest, Reply.MillisecondsBetween(started, Stopwatch.GetTimestamp()));
        }

        return new ServerFacts(Address, shortest, lab);
    }

    /// <summary>What it says of itself; <see langword="null"/> when its <c>/lab</c> is off.</summary>
    public async Task<LabFacts?> LabAsync(CancellationToken cancellationToken)
    {
        if (await TryGetAsync("lab/process", cancellationToken) is not { } process)
        {
            return null;
        }

        double Number(string name) => process.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble()
            : throw Misunderstood("lab/process", $"no {name}");

        return new LabFacts(
            (int)Number("cores"), (int)Number("connections"), Number("gil_switch_interval_ms"), Number("cpu_ms"),
            (long)Number("working_set_bytes"), (int)Number("threads"), (int)Number("pool_threads"), (int)Number("metered_per_second"), Number("runtime_events") > 0);
    }

    /// <summary>Asks for some work and takes the time.</summary>
    public async Task<Reply> AskAsync(string path, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var (status, text) = await SendAsync(path, cancellationToken);
        var ended = Stopwatch.GetTimestamp();
        var answer = status == HttpStatusCode.OK ? Parse(path, text) : throw Refused(path, status, text);
        return answer.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.Number && id.TryGetInt64(out var number)
            ? new Reply(number, answer.TryGetProperty("result", out var result) ? result : default, started, ended)
            : throw new ServerException($"The server at {Address} does not record its requests: start it with Concurrency__Enabled=true.");
    }

    /// <summary>The record of a request that has been answered.</summary>
    public async Task<ServerRecord> RecordAsync(Reply reply, CancellationToken cancellationToken)
    {
        var path = $"concurrency/requests/{reply.Id}";
        for (var looks = 0; looks < MostLooks; looks++)
        {
            // It is made a moment after the answer.
            if (await TryGetAsync(path, cancellationToken) is { } record)
            {
                return new ServerRecord(record);
            }

            await Task.Delay(LookPause, cancellationToken);
        }

        throw new ServerException($"The server at {Address} has no record of its request {reply.Id}, or no longer.");
    }

    /// <summary>The newest finished requests, without their phases.</summary>
    public async Task<IReadOnlyList<ServerRecord>> NewestAsync(int last, CancellationToken cancellationToken)
    {
        var path = $"concurrency/requests?last={last}";
        var (status, text) = await SendAsync(path, cancellationToken);
        if (status != HttpStatusCode.OK)
        {
            throw Refused(path, status, text);
        }

        try
        {
            var rows = JsonDocument.Parse(text).RootElement;
            return rows.ValueKind == JsonValueKind.Array ? [.. rows.EnumerateArray().Select(row => new ServerRecord(row))] : throw Misunderstood(path, "no array");
        }
        catch (JsonException)
        {
            throw Misunderstood(path, "no JSON");
        }
    }

    /// <summary>What happens from now on, and the last records before; without end.</summary>
    /// <exception cref="ServerException">There is no such stream, or it ended.</exception>
    public async IAsyncEnumerable<ServerEvent> EventsAsync(int last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var path = $"concurrency/events?last={last}";
        using var answer = await OpenAsync(path, cancellationToken);
        var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        await using var events = EventParser.ReadAsync(stream, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await events.MoveNextAsync())
                {
                    throw new ServerException($"The server at {Address} ended its stream of events: it stops, or has stopped.");
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                throw new ServerException($"The server at {Address} is gone: {exception.GetBaseException().Message}", exception);
            }
            catch (JsonException)
            {
                throw Misunderstood(path, "no stream of JSON");
            }

            yield return events.Current;
        }
    }

    /// <summary>How many requests it has finished so far.</summary>
    public async Task<long> FinishedAsync(CancellationToken cancellationToken)
    {
        const string Path = "concurrency/summary";
        return (await JsonAsync(Path, cancellationToken)).TryGetProperty("finished", out var finished) && finished.ValueKind == JsonValueKind.Number && finished.TryGetInt64(out var count)
            ? count
            : throw Misunderstood(Path, "no summary of requests");
    }

    /// <summary>Reads an answer that is a JSON object.</summary>
    public async Task<JsonElement> JsonAsync(string path, CancellationToken cancellationToken)
    {
        var (status, text) = await SendAsync(path, cancellationToken);
        return status == HttpStatusCode.OK ? Parse(path, text) : throw Refused(path, status, text);
    }

    /// <summary>Reads an answer to its end and throws it away.</summary>
    public async Task ReadAsync(string path, CancellationToken cancellationToken)
    {
        var (status, text) = await SendAsync(path, cancellationToken);
        if (status != HttpStatusCode.OK)
        {
            throw Refused(path, status, text);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<JsonElement?> TryGetAsync(string path, CancellationToken cancellationToken)
    {
        var (status, text) = await SendAsync(path, cancellationToken);
        return status switch
        {
            HttpStatusCode.OK => Parse(path, text),
            HttpStatusCode.NotFound => null,
            _ => throw Refused(path, status, text),
        };
    }

    private async Task<(HttpStatusCode Status, string Text)> SendAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _client.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidOperationException)
        {
            throw Unreadable(exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Silent(path, exception);
        }
    }

    private async Task<HttpResponseMessage> OpenAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _client.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (answer is { StatusCode: HttpStatusCode.OK, Content.Headers.ContentType.MediaType: "text/event-stream" })
            {
                return answer;
            }

            using (answer)
            {
                throw answer.StatusCode switch
                {
                    HttpStatusCode.OK => Misunderstood(path, "no stream of events"),
                    HttpStatusCode.NotFound => new ServerException($"The server at {Address} does not show its records: start it with Concurrency__Open=true."),
                    _ => Refused(path, answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken)),
                };
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidOperationException)
        {
            throw Unreadable(exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Silent(path, exception);
        }
    }

    private JsonElement Parse(string path, string text)
    {
        try
        {
            return JsonDocument.Parse(text).RootElement is { ValueKind: JsonValueKind.Object } answer ? answer : throw Misunderstood(path, "no JSON object");
        }
        catch (JsonException)
        {
            throw Misunderstood(path, "no JSON");
        }
    }

    /// <summary>It is not there or hung up, or (an <see cref="InvalidOperationException"/>) names a character set that nobody knows.</summary>
    private ServerException Unreadable(Exception exception) => exception is InvalidOperationException
        ? new($"What answers at {Address} is no WebConcurrency server: {exception.GetBaseException().Message}", exception)
        : new($"The server at {Address} cannot be reached: {exception.GetBaseException().Message}", exception);

    private ServerException Silent(string path, OperationCanceledException exception) =>
        new($"The server at {Address} did not answer /{path} within {_client.Timeout.TotalSeconds} s.", exception);

    private ServerException Misunderstood(string path, string what) =>
        new($"What answers at {Address} is no WebConcurrency server: its /{path} is {what}.");

    private RefusedException Refused(string path, HttpStatusCode status, string text) =>
        new($"The server at {Address} answered /{path} with {(int)status}: {(text.Length <= MostShown ? text : text[..MostShown] + "…")}");
}
