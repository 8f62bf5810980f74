using System.Text;
using System.Text.Json;
using WebConcurrency.Lab.Servers;
using WebConcurrency.Lab.Watching;

namespace WebConcurrency.Lab.Tests.Watching;

public sealed class BoardTests
{
    private readonly StandingClock _clock = new();

    [Fact]
    public void Lane_shows_in_each_cell_what_fills_most_of_it()
    {
        var board = new Board(1_000, _clock);
        board.Add(new ServerEvent("hello", Json("""{ "now_ms": 1000 }""")));

        // 100 ms of work, 500 of waiting, 200 of work: from 200 to 1000 on the stream's clock.
        board.Add(new ServerEvent("", Json("""
            { "id": 1, "at_ms": 200, "phases": [
              { "kind": "queue", "start_ms": 0, "end_ms": 50 },
              { "kind": "work", "start_ms": 0, "end_ms": 100, "thread": { "managed": 4, "os": 77 } },
              { "kind": "db", "start_ms": 100, "end_ms": 600, "thread": { "managed": 4, "os": 77 } },
              { "kind": "work", "start_ms": 600, "end_ms": 800, "thread": { "managed": 4, "os": 77 } } ] }
            """)));

        Assert.Equal([77], board.Threads);
        Assert.Equal([null, null, "work", "db", "db", "db", "db", "db", "work", "work"], board.Cells(77, 10));
        Assert.Equal(["work", "db", "work"], board.Cells(77, 3));
        Assert.Equal(1, board.Records);

        // The clock goes on without events, and in the end nothing is in sight.
        _clock.Pass(TimeSpan.FromMilliseconds(500));
        Assert.Equal(["db", "db", "db", "work", "work", null, null, null, null, null], board.Cells(77, 10));
        _clock.Pass(TimeSpan.FromMilliseconds(600));
        board.Forget();
        Assert.Empty(board.Threads);
    }

    [Fact]
    public void Counts_and_losses_are_those_of_the_last_event()
    {
        var board = new Board(1_000, _clock);
        board.Add(new ServerEvent("counts", Json("""{ "running": 3, "queued": 2, "leftover": 1, "finished": 9, "clients": 1, "lost": 0 }""")));
        board.Add(new ServerEvent("lost", Json("""{ "count": 4, "total": 5 }""")));
        board.Add(new ServerEvent("news", Json("[]")));
        Assert.Equal((3, 2, 1, 9), board.Counts);
        Assert.Equal(5, board.Lost);
        Assert.Throws<ServerException>(() => board.Add(new ServerEvent("counts", Json("""{ "running": 3 }"""))));
    }

    [Fact]
    public async Task Events_are_read_as_they_are_sent()
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(": hello\n\nevent: counts\ndata: {\"a\":\ndata: 1}\n\nid: 3\ndata: {\"b\":2}\n\ndata: {\"unfinished"));
        var events = new List<(string, string)>();
        await foreach (var told in EventParser.ReadAsync(stream, TestContext.Current.CancellationToken))
        {
            events.Add((told.Name, JsonSerializer.Serialize(told.Data)));
        }

        Assert.Equal([("counts", """{"a":1}"""), ("", """{"b":2}""")], events);
    }

    [Fact]
    public async Task Lines_of_one_event_stay_lines()
    {
        // Joined they would be a number.
        using var stream = new MemoryStream("data: 1\ndata: 2\n\n"u8.ToArray());
        await Assert.ThrowsAnyAsync<JsonException>(async () =>
        {
            await foreach (var told in EventParser.ReadAsync(stream, TestContext.Current.CancellationToken))
            {
                Assert.Fail(told.ToString());
            }
        });
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    /// <summary>Stands still until it is told.</summary>
    private sealed class StandingClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Pass(TimeSpan time) => _ticks += time.Ticks;
    }
}
