using System.Text.Json;
using Microsoft.Playwright;
using WebConcurrency.Browser.Tests.Running;

namespace WebConcurrency.Browser.Tests;

/// <summary>What the lanes show of requests that were fired from the page itself.</summary>
public sealed class LanesTests(TestBrowser browser, RunningServer server)
{
    [Fact]
    public async Task Fired_requests_appear_as_lanes_and_looking_is_not_recorded()
    {
        await using var live = await browser.OpenAsync(server.Address);
        var before = await live.AskAsync<long>("page.store.newest");
        await live.FireAsync("thread", 8, 4, "io", "cpu");
        await live.Page.ClickAsync("#fit");

        var fired = await NewAsync(live, before);
        Assert.Equal(8, fired.Count);
        foreach (var record in fired)
        {
            Assert.NotEqual(0, (await PlacesAsync(live, record.GetProperty("id").GetInt64())).GetArrayLength());
        }

        // The page, its files, its stream and its questions are no requests of the ledger.
        Assert.All(fired, record => Assert.Contains(record.GetProperty("route").GetString(), (string?[])["/{strategy}/io", "/{strategy}/cpu"]));
        await live.PictureAsync("light");
    }

    [Fact]
    public async Task One_requests_wait_lies_over_anothers_work_on_another_lane()
    {
        await using var live = await browser.OpenAsync(server.Address);

        // This test's own looking at pixels.
        live.Expected = "getImageData";
        var (io, cpu) = await FireAPairAsync(live, "thread");
        var wait = (await PlacesAsync(live, io)).EnumerateArray().Single(place => place.GetProperty("kind").GetString() == "db");
        var work = (await PlacesAsync(live, cpu)).EnumerateArray().Where(place => place.GetProperty("kind").GetString() == "work").MaxBy(Width);

        Assert.True(Math.Min(Right(wait), Right(work)) - Math.Max(Left(wait), Left(work)) > 5, $"{wait} and {work} share no time");
        Assert.NotEqual(wait.GetProperty("top").GetDouble(), work.GetProperty("top").GetDouble());
        Assert.Equal(await ColourAsync(live, "db"), await PixelAsync(live, wait));
        Assert.Equal(await ColourAsync(live, "work"), await PixelAsync(live, work));
    }

    [Theory]
    [InlineData("thread")]
    [InlineData("request")]
    public async Task Places_on_the_canvas_are_the_phases_of_the_record(string mode)
    {
        await using var live = await browser.OpenAsync(server.Address);
        await live.Page.CheckAsync($"input[name=mode][value={mode}]", new PageCheckOptions { Force = true });
        var (io, _) = await FireAPairAsync(live, "pool");
        var detail = await JsonAsync($"/concurrency/requests/{io}");
        var start = await live.AskAsync<double>($"page.store.find({io}).start");

        var drawn = (await PlacesAsync(live, io)).EnumerateArray().Where(place => place.GetProperty("kind").GetString() is "db" or "work").ToList();
        var phases = detail.GetProperty("phases").EnumerateArray().Where(phase => phase.GetProperty("kind").GetString() is "db" or "work").ToList();

        Assert.Equal(phases.Count, drawn.Count);
        foreach (var (phase, place) in phases.Zip(drawn))
        {
            Assert.Equal(phase.GetProperty("kind").GetString(), place.GetProperty("kind").GetString());
            Assert.Equal(phase.GetProperty("start_ms").GetDouble(), place.GetProperty("start").GetDouble() - start, 0.001);
            Assert.Equal(phase.GetProperty("end_ms").GetDouble(), place.GetProperty("end").GetDouble() - start, 0.001);
        }
    }

    [Fact]
    public async Task Filter_leaves_only_what_was_asked_for()
    {
        await using var live = await browser.OpenAsync(server.Address);
        await live.FireAsync("thread", 2, 2, "io");
        await live.FireAsync("async", 2, 2, "cpu");
        await live.UntilAsync("[...document.querySelectorAll('#strategy option')].some(option => option.value === 'async')", "the filter to offer async");
        await live.Page.SelectOptionAsync("#strategy", "async");
        await live.Page.ClickAsync("#fit");
        await NextFrameAsync(live);
        Assert.Equal(["async"], await StrategiesDrawnAsync(live));

        await live.Page.SelectOptionAsync("#strategy", "");
        await live.Page.SelectOptionAsync("#route", "/{strategy}/io");
        await NextFrameAsync(live);
        Assert.DoesNotContain("async", await StrategiesDrawnAsync(live));
        await live.UntilAsync("[...document.querySelectorAll('#table tbody td:nth-child(2)')].every(cell => cell.textContent.includes('/io'))", "the table to follow the filter");
    }

    [Fact]
    public async Task Pause_stands_still_while_records_go_on_coming()
    {
        await using var live = await browser.OpenAsync(server.Address);
        await live.FireAsync("thread", 2, 2, "cpu");
        await live.Page.ClickAsync("#pause");
        var end = await live.AskAsync<double>("page.view.end");
        var newest = await live.AskAsync<long>("page.store.newest");
        await live.FireAsync("thread", 2, 2, "cpu");

        Assert.Equal(end, await live.AskAsync<double>("page.view.end"));
        Assert.True(await live.AskAsync<long>("page.store.newest") >= newest + 2);
        await live.Page.ClickAsync("#pause");
        Assert.True(await live.AskAsync<double>("page.view.end") > end);
    }

    [Fact]
    public async Task Click_opens_the_record_and_marks_who_worked_meanwhile()
    {
        await using var live = await browser.OpenAsync(server.Address);
        var (io, cpu) = await FireAPairAsync(live, "thread");
        var wait = (await PlacesAsync(live, io)).EnumerateArray().Single(place => place.GetProperty("kind").GetString() == "db");
        var (x, y) = ((float)((Left(wait) + Right(wait)) / 2), (float)((wait.GetProperty("top").GetDouble() + wait.GetProperty("bottom").GetDouble()) / 2));
        await live.Page.HoverAsync("#board", new PageHoverOptions { Position = new Position { X = x, Y = y } });
        Assert.Contains($"#{io} ", await live.Page.TextContentAsync("#tip"), StringComparison.Ordinal);
        await live.PictureAsync("hover", whole: false);
        await live.Page.ClickAsync("#board", new PageClickOptions { Position = new Position { X = x, Y = y } });

        await live.UntilAsync($"document.getElementById('detail-body').textContent.includes('#{cpu}')", "the one that worked meanwhile to be named");
        var marked = await live.AskAsync<long[]>("[...page.board.source.marked()]");
        Assert.Contains(io, marked);
        Assert.Contains(cpu, marked);
        await live.PictureAsync("record");
    }

    [Fact]
    public async Task Bars_of_work_say_their_shares_as_far_as_they_have_room()
    {
        await using var live = await browser.OpenAsync(server.Address);

        // What is written is known only to the canvas.
        await live.AskAsync<int>(
            """
            (() => {
              const write = CanvasRenderingContext2D.prototype.fillText;
              globalThis.written = [];
              CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) { written.push(text); write.call(this, text, ...rest); };
              return 0;
            })()
            """);
        var (_, cpu) = await FireAPairAsync(live, "thread");
        await live.AskAsync<int>($$"""
            (() => {
              const record = page.store.find({{cpu}});
              Object.assign(record, { wall_ms: 100, wait_ms: 0, lock_ms: 0.3, cpu_ms: 90, runnable_ms: 9, gc_ms: 0.02, unexplained_ms: 0.68 });
              return 0;
            })()
            """);
        var work = (await PlacesAsync(live, cpu)).EnumerateArray().Where(place => place.GetProperty("kind").GetString() == "work").MaxBy(Width);
        var (start, end) = (work.GetProperty("start").GetDouble(), work.GetProperty("end").GetDouble());
        foreach (var (times, words) in new[] { (1.05, $"#{cpu} cpu · CPU 90 % · wanted a CPU 9.0 % · lock 0.3 % · GC <0.1 %"), (9, "CPU 90 %") })
        {
            await live.AskAsync<int>(string.Create(null, $"(written.length = 0, page.view.show({start}, {start} + {times} * ({end} - {start})), page.board.changed(), 0)"));
            await NextFrameAsync(live);
            var written = await live.AskAsync<string[]>("written");
            Assert.Contains(written, text => text.EndsWith(words, StringComparison.Ordinal));
        }

        await live.PictureAsync("shares", whole: false);
    }

    [Fact]
    public async Task Wheel_and_drag_zoom_and_pan_and_the_last_seconds_follow_again()
    {
        await using var live = await browser.OpenAsync(server.Address);
        await live.FireAsync("thread", 4, 4, "io");
        await live.Page.ClickAsync("#fit");
        var board = await live.Page.Locator("#board").BoundingBoxAsync() ?? throw new InvalidOperationException("The board is not in sight.");
        var (x, y) = (board.X + (board.Width / 2), board.Y + 60);
        await live.Page.Mouse.MoveAsync(x, y);

        // The instant under the pointer stays where it is.
        var at = await TimeAsync();
        var span = await SpanAsync();
        await live.Page.Keyboard.DownAsync("Control");
        await live.Page.Mouse.WheelAsync(0, -400);
        await live.Page.Keyboard.UpAsync("Control");
        await live.UntilAsync(string.Create(null, $"page.view.span < {span}"), "the wheel to zoom");
        await NextFrameAsync(live);
        Assert.Equal(at, await TimeAsync(), 0.5);

        await live.Page.Mouse.DownAsync();
        await live.Page.Mouse.MoveAsync(x + 100, y, new MouseMoveOptions { Steps = 5 });
        await live.Page.Mouse.UpAsync();
        await NextFrameAsync(live);
        Assert.Equal(at, await live.AskAsync<double>(string.Create(null, $"page.board.timeAt({x + 100 - board.X})")), 0.5);
        Assert.False(await live.Page.IsVisibleAsync("#detail"), "a drag is no click");

        await live.Page.SelectOptionAsync("#seconds", "30");
        Assert.True(await live.AskAsync<bool>("page.view.live && page.view.span === 30000"));

        Task<double> TimeAsync() => live.AskAsync<double>(string.Create(null, $"page.board.timeAt({x - board.X})"));

        Task<double> SpanAsync() => live.AskAsync<double>("page.view.span");
    }

    [Fact]
    public async Task Next_request_is_scrolled_into_sight_where_lanes_are_many()
    {
        await using var live = await browser.OpenAsync(server.Address);
        await live.Page.CheckAsync("input[name=mode][value=request]", new PageCheckOptions { Force = true });
        await live.Page.SelectOptionAsync("#fire-strategy", "async");
        await live.FireAsync("async", 120, 4, "cpu");
        await live.Page.ClickAsync("#fit");
        await NextFrameAsync(live);
        Assert.True(await live.AskAsync<int>("page.board.lanesBelow") > 0, "all lanes are in sight");
        await live.Page.FocusAsync("#board");

        // From the last one backwards, and from the first one forwards.
        foreach (var key in new[] { "p", "n" })
        {
            await live.Page.Keyboard.PressAsync("Escape");
            await live.Page.Keyboard.PressAsync(key);
            await NextFrameAsync(live);
            Assert.NotEqual(0, (await live.JsonAsync("page.board.placesOf(page.board.source.chosen().id)")).GetArrayLength());
            Assert.Equal(key == "p", await live.AskAsync<int>("page.board.lanesAbove") > 0);
        }
    }

    /// <summary>One that waits and one that computes, at once; shown whole.</summary>
    private static async Task<(long Io, long Cpu)> FireAPairAsync(LivePage live, string strategy)
    {
        var before = await live.AskAsync<long>("page.store.newest");
        await live.FireAsync(strategy, 2, 2, "io", "cpu");
        var pair = await NewAsync(live, before);
        await live.AskAsync<int>(
            "(() => { const two = page.store.records.slice(-2); page.view.show(Math.min(...two.map(r => r.start)), Math.max(...two.map(r => r.end))); page.board.changed(); return 0; })()");
        await NextFrameAsync(live);
        return (IdOf("/io"), IdOf("/cpu"));

        long IdOf(string route) => pair.Single(record => record.GetProperty("route").GetString()!.EndsWith(route, StringComparison.Ordinal)).GetProperty("id").GetInt64();
    }

    private static async Task<List<JsonElement>> NewAsync(LivePage live, long before) =>
        [.. (await live.JsonAsync($"page.store.records.filter(r => r.sequence > {before}).map(({{ id, sequence, route }}) => ({{ id, sequence, route }}))")).EnumerateArray()];

    private static async Task<JsonElement> PlacesAsync(LivePage live, long id)
    {
        await NextFrameAsync(live);
        return await live.JsonAsync($"page.board.placesOf({id})");
    }

    private static Task<int> NextFrameAsync(LivePage live) => live.AskAsync<int>("new Promise(go => requestAnimationFrame(() => requestAnimationFrame(() => go(0))))");

    private static Task<string[]> StrategiesDrawnAsync(LivePage live) =>
        live.AskAsync<string[]>("[...new Set(page.store.between(page.view.start, page.view.end, page.board.source.passes ?? (() => true)).filter(r => page.board.placesOf(r.id).length > 0).map(r => r.strategy))]");

    private static Task<string> ColourAsync(LivePage live, string state) => live.AskAsync<string>(
        $$"""
        (() => {
          const context = document.createElement('canvas').getContext('2d');
          context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--{{state}}');
          context.fillRect(0, 0, 1, 1);
          return [...context.getImageData(0, 0, 1, 1).data].join();
        })()
        """);

    /// <summary>The colour near a bar's lower edge, where no words stand.</summary>
    private static Task<string> PixelAsync(LivePage live, JsonElement place)
    {
        var x = (int)((Left(place) + Right(place)) / 2);
        var middle = (int)((place.GetProperty("top").GetDouble() + place.GetProperty("bottom").GetDouble()) / 2);
        return live.AskAsync<string>($"[...document.getElementById('board').getContext('2d').getImageData({x} * devicePixelRatio, ({middle} + 7) * devicePixelRatio, 1, 1).data].join()");
    }

    private async Task<JsonElement> JsonAsync(string path) =>
        JsonDocument.Parse(await server.Client.GetStringAsync(path, TestContext.Current.CancellationToken)).RootElement;

    private static double Left(JsonElement place) => place.GetProperty("left").GetDouble();

    private static double Right(JsonElement place) => place.GetProperty("right").GetDouble();

    private static double Width(JsonElement place) => Right(place) - Left(place);
}
