using System.Net;
using System.Text.Json;

namespace WebConcurrency.Tests.Outputs.Events;

/// <summary>Reads server-sent events as a browser does.</summary>
internal sealed class EventReader : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly HttpResponseMessage _answer;
    private readonly StreamReader _lines;

    private EventReader(HttpResponseMessage answer, Stream stream)
    {
        _answer = answer;
        _lines = new StreamReader(stream);
    }

    public static async Task<EventReader> OpenAsync(HttpClient client, string query, long? lastEventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/concurrency/events{query}");
        if (lastEventId is { } id)
        {
            request.Headers.Add("Last-Event-ID", $"{id}");
        }

        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        var reader = new EventReader(answer, await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        reader.Hello = (await reader.NextAsync("hello")).Data;
        return reader;
    }

    public JsonElement Hello { get; private set; }

    /// <summary>The last counts that came, whoever waited for what.</summary>
    public JsonElement? Counts { get; private set; }

    /// <summary>The next event of one of these names; a record's name is "message".</summary>
    public async Task<(string Name, long Id, JsonElement Data)> NextAsync(params string[] names)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (await NextAsync() is { } next)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Limit, $"Waited too long for an event {string.Join(" or ", names)}.");
            if (names.Contains(next.Name))
            {
                return next;
            }
        }

        throw new InvalidOperationException($"The stream ended before an event {string.Join(" or ", names)}.");
    }

    /// <summary>The next event; <see langword="null"/> when the stream has ended.</summary>
    public async Task<(string Name, long Id, JsonElement Data)?> NextAsync()
    {
        var (name, id, data) = ("message", -1L, "");
        while (await _lines.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Limit, TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Length == 0)
            {
                if (data.Length > 0)
                {
                    var root = JsonDocument.Parse(data).RootElement;
                    Counts = name == "counts" ? root : Counts;
                    return (name, id, root);
                }
            }
            else if (line.Split(": ", 2) is [var field, var value])
            {
                (name, id, data) = field switch
                {
                    "event" => (value, id, data),
                    "id" => (name, long.Parse(value, null), data),
                    "data" => (name, id, value),
                    _ => (name, id, data),
                };
            }
        }

        return null;
    }

    /// <summary>The sequences of the next records.</summary>
    public async Task<List<long>> SequencesAsync(int count)
    {
        var sequences = new List<long>();
        while (sequences.Count < count)
        {
            sequences.Add((await NextAsync("message")).Id);
        }

        return sequences;
    }

    public void Dispose()
    {
        _lines.Dispose();
        _answer.Dispose();
    }
}
