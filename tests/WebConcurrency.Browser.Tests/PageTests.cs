using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;
using WebConcurrency.Browser.Tests.Running;

namespace WebConcurrency.Browser.Tests;

/// <summary>The page around the lanes: keys, colours, sizes.</summary>
public sealed class PageTests(TestBrowser browser, RunningServer server)
{
    [Fact]
    public async Task Keys_alone_find_a_request_and_open_its_record()
    {
        await using var live = await browser.OpenAsync(server.Address);
        await live.FireAsync("thread", 2, 2, "io", "cpu");
        await live.Page.FocusAsync("#fit");
        await live.Page.Keyboard.PressAsync("Enter");
        await live.Page.Keyboard.PressAsync("Tab");
        Assert.Equal("board", await live.AskAsync<string>("document.activeElement.id"));
        Assert.NotEqual("none", await live.AskAsync<string>("getComputedStyle(document.activeElement).outlineStyle"));

        await live.Page.Keyboard.PressAsync("n");
        Assert.Contains("Enter opens its record", await live.Page.TextContentAsync("#said"), StringComparison.Ordinal);
        await live.Page.Keyboard.PressAsync("Enter");
        await live.UntilAsync("document.activeElement.id === 'detail' && document.querySelectorAll('.phases li').length > 0", "the record to open and have the focus");
        await live.Page.Keyboard.PressAsync("Escape");
        Assert.Equal("board", await live.AskAsync<string>("document.activeElement.id"));
        Assert.True(await live.AskAsync<bool>("document.getElementById('detail').hidden"));

        var span = await live.AskAsync<double>("page.view.span");
        await live.Page.Keyboard.PressAsync("+");
        Assert.True(await live.AskAsync<double>("page.view.span") < span);
        var start = await live.AskAsync<double>("page.view.start");
        await live.Page.Keyboard.PressAsync("ArrowLeft");
        Assert.True(await live.AskAsync<double>("page.view.start") < start);
        await live.Page.Keyboard.PressAsync("Space");
        Assert.True(await live.AskAsync<bool>("page.view.live"));
    }

    [Fact]
    public async Task Table_tells_what_the_lanes_show_and_opens_a_record()
    {
        await using var live = await browser.OpenAsync(server.Address);
        await live.FireAsync("async", 2, 2, "mixed");
        await live.UntilAsync("document.querySelector('#table tbody tr td:nth-child(2)')?.textContent.includes('/mixed') && document.querySelector('#table tbody tr td:nth-child(3)').textContent === 'async'", "the newest to stand in the table");
        await live.Page.ClickAsync("#table tbody tr:first-child button");
        await live.UntilAsync("document.getElementById('detail-title').textContent.includes('/mixed')", "its record");
    }

    [Theory]
    [InlineData(1280, "dark")]
    [InlineData(390, "phone")]
    [InlineData(390, "phone-dark")]
    public async Task Dark_and_narrow_pages_show_the_same(int width, string name)
    {
        var dark = name.EndsWith("dark", StringComparison.Ordinal);
        await using var live = await browser.OpenAsync(server.Address, dark ? ColorScheme.Dark : ColorScheme.Light, width, 844);
        await live.FireAsync("thread", 6, 4, "io", "cpu", "mixed");
        await live.Page.ClickAsync("#fit");
        await live.PictureAsync(name);

        var background = await live.AskAsync<string>("getComputedStyle(document.body).backgroundColor");
        Assert.Equal(dark ? "rgb(20, 23, 26)" : "rgb(255, 255, 255)", background);
        Assert.True(await live.AskAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than its window");
        Assert.True(await live.AskAsync<int>("page.board.drawnSegments") > 0);
    }

    [Fact]
    public async Task Record_opened_on_a_phone_is_in_sight_and_no_wider_than_the_screen()
    {
        await using var live = await browser.OpenAsync(server.Address, ColorScheme.Light, 390, 844);
        await live.FireAsync("thread", 2, 2, "io", "cpu");
        await live.Page.ClickAsync("#fit");
        await live.Page.FocusAsync("#board");
        await live.Page.Keyboard.PressAsync("n");
        await live.Page.Keyboard.PressAsync("Enter");
        await live.UntilAsync("document.activeElement.id === 'detail' && document.querySelectorAll('.phases li').length > 0", "the record to open and have the focus");
        await live.UntilAsync("(({ top }) => top >= 0 && top < innerHeight / 2)(document.getElementById('detail-title').getBoundingClientRect())", "the record to be in sight");
        Assert.True(await live.AskAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than its window");
        await live.PictureAsync("phone-record", whole: false);
        await live.Page.ClickAsync("#close");
        Assert.False(await live.Page.IsVisibleAsync("#detail"));
    }

    [Fact]
    public async Task Strip_has_the_percentiles_of_each_strategy_in_the_time_shown()
    {
        await using var live = await browser.OpenAsync(server.Address);
        await live.FireAsync("thread", 5, 4, "cpu", "io");
        await live.FireAsync("async", 4, 4, "io");
        await live.Page.SelectOptionAsync("#seconds", "60");
        await live.UntilAsync("document.querySelectorAll('#times span').length >= 2", "both strategies in the strip");
        await live.Page.ClickAsync("#pause");

        // By nearest rank, from what the records themselves say; other tests' requests may have had no strategy.
        var shown = (await live.JsonAsync("page.store.between(page.view.start, page.view.end, () => true).map(({ strategy, wall_ms }) => ({ strategy: strategy ?? 'none', wall_ms }))")).EnumerateArray()
            .GroupBy(record => record.GetProperty("strategy").GetString()!, record => record.GetProperty("wall_ms").GetDouble());
        foreach (var times in shown)
        {
            var sorted = times.Order().ToList();
            double Rank(int of) => sorted[((sorted.Count * of) + 99) / 100 - 1];
            var words = await live.AskAsync<string>(FormattableString.Invariant($"import('./concurrency/page/words.js').then(({{ ms }}) => '{times.Key} ' + ms({Rank(50):R}) + ' / ' + ms({Rank(99):R}))"));
            await live.UntilAsync($"[...document.querySelectorAll('#times span')].some(one => one.textContent === '{words}')", $"the strip to say {words}");
        }

        Assert.True(shown.Count() >= 2);
    }

    [Fact]
    public async Task Colours_that_mean_something_can_be_told_from_their_ground()
    {
        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await using var live = await browser.OpenAsync(server.Address, scheme);
            var worst = await live.JsonAsync(
                """
                (() => {
                  const style = getComputedStyle(document.documentElement);
                  const light = name => {
                    const parts = style.getPropertyValue(name).trim().replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3').match(/[0-9a-f]{2}/gi).map(hex => parseInt(hex, 16) / 255)
                      .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
                    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
                  };
                  const contrast = (one, other) => { const [a, b] = [light(one), light(other)].sort((x, y) => y - x); return (a + 0.05) / (b + 0.05); };
                  const kinds = ['work', 'db', 'queue', 'connection', 'gil', 'io', 'unexplained'];
                  return {
                    words: Math.min(contrast('--text', '--ground'), contrast('--quiet', '--ground'), contrast('--quiet', '--panel'), contrast('--accent', '--panel'), contrast('--bad', '--ground'),
                      contrast('--good', '--ground')),
                    inBars: Math.min(...kinds.map(kind => contrast(`--${kind}`, `--on-${kind}`))),
                  };
                })()
                """);

            // WCAG 2.2, 1.4.3: 4.5 for text.
            Assert.True(worst.GetProperty("words").GetDouble() >= 4.5, $"{scheme}: {worst}");
            Assert.True(worst.GetProperty("inBars").GetDouble() >= 4.5, $"{scheme}: {worst}");
        }
    }

    [Fact]
    public async Task Burst_under_two_strategies_is_shown_side_by_side()
    {
        await using var live = await browser.OpenAsync(server.Address);
        await live.Page.SelectOptionAsync("#fire-strategy", "thread");
        await live.Page.SelectOptionAsync("#fire-second", "serial");
        await live.FillAsync(6, 4, "io", "cpu");
        await live.Page.ClickAsync("#fire-compare");
        await live.UntilAsync("!document.getElementById('compare').hidden && page.comparison.boards.every(board => board.drawnSegments > 0)", "both bursts");

        var captions = await live.Page.Locator("#compare figcaption").AllTextContentsAsync();
        Assert.StartsWith("thread: 6 requests", captions[0], StringComparison.Ordinal);
        Assert.StartsWith("serial: 6 requests", captions[1], StringComparison.Ordinal);

        // One thread cannot work while it waits.
        Assert.EndsWith("on 1 thread, 0 % of the I/O wait covered", captions[1], StringComparison.Ordinal);
        Assert.Equal(1, await live.AskAsync<int>("new Set(page.comparison.boards.map(board => board.source.view.end - board.source.view.start).map(span => span.toFixed(3))).size"));
        await live.PictureAsync("compare");
        await live.PictureOfAsync("#compare .pair", "pair");
    }

    [Fact]
    public async Task Burst_is_what_was_fired_here_and_nothing_that_others_fired_meanwhile()
    {
        await using var live = await browser.OpenAsync(server.Address);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var strangers = new List<long>();
        var others = OthersAsync();
        var answered = new ConcurrentQueue<long>();
        live.Page.Response += async (_, answer) =>
        {
            if (answer.Url.Contains("/io", StringComparison.Ordinal))
            {
                answered.Enqueue((await answer.JsonAsync())!.Value.GetProperty("id").GetInt64());
            }
        };
        await live.Page.SelectOptionAsync("#fire-strategy", "async");
        await live.Page.SelectOptionAsync("#fire-second", "thread");
        await live.FillAsync(4, 2, "io");
        await live.Page.ClickAsync("#fire-compare");
        await live.UntilAsync("!document.getElementById('compare').hidden", "both bursts");
        await over.CancelAsync();
        await others;

        var shown = await live.AskAsync<long[]>("page.comparison.boards.flatMap(board => board.source.records().map(record => record.id))");
        Assert.NotEmpty(strangers);
        Assert.Equal(8, shown.Length);
        Assert.Empty(shown.Intersect(strangers));
        Assert.Equal(answered.Order(), shown.Order());

        async Task OthersAsync()
        {
            while (!over.IsCancellationRequested)
            {
                foreach (var strategy in new[] { "async", "thread" })
                {
                    var answer = await server.Client.GetStringAsync($"/{strategy}/io?ms=5", TestContext.Current.CancellationToken);
                    strangers.Add(JsonDocument.Parse(answer).RootElement.GetProperty("id").GetInt64());
                }
            }
        }
    }

    [Fact]
    public async Task Compared_bursts_can_be_pointed_at_walked_through_and_zoomed_as_the_lanes_can()
    {
        await using var live = await browser.OpenAsync(server.Address);
        await live.Page.SelectOptionAsync("#fire-strategy", "thread");
        await live.Page.SelectOptionAsync("#fire-second", "serial");
        await live.FillAsync(4, 4, "io");
        await live.Page.ClickAsync("#fire-compare");
        await live.UntilAsync("!document.getElementById('compare').hidden && page.comparison.boards.every(board => board.drawnSegments > 0)", "both bursts");
        const string Second = "figure:nth-of-type(2)";
        var id = await live.AskAsync<long>("page.comparison.boards[1].source.records()[0].id");
        var wait = (await live.JsonAsync($"page.comparison.boards[1].placesOf({id})")).EnumerateArray().Single(place => place.GetProperty("kind").GetString() == "db");
        await live.Page.HoverAsync($"{Second} canvas", new PageHoverOptions
        {
            Position = new Position
            {
                X = (float)((wait.GetProperty("left").GetDouble() + wait.GetProperty("right").GetDouble()) / 2),
                Y = (float)((wait.GetProperty("top").GetDouble() + wait.GetProperty("bottom").GetDouble()) / 2),
            },
        });
        Assert.Contains($"#{id} ", await live.Page.TextContentAsync($"{Second} .tip:not([hidden])"), StringComparison.Ordinal);
        await live.PictureOfAsync("#compare .pair", "pair-hover");

        await live.Page.FocusAsync($"{Second} canvas");
        await live.Page.Keyboard.PressAsync("n");
        Assert.Contains("serial", await live.Page.TextContentAsync("#said"), StringComparison.Ordinal);
        var spans = await SpansAsync();
        await live.Page.Keyboard.PressAsync("+");
        var zoomed = await SpansAsync();
        Assert.True(zoomed[0] < spans[0]);
        Assert.Equal(zoomed[0], zoomed[1], 0.001);
        await live.Page.Keyboard.PressAsync("ArrowRight");
        Assert.Equal(0, await live.AskAsync<double>("(([one, other]) => one - other)(page.comparison.boards.map(board => board.source.view.start - board.source.origin()))"), 0.001);
        await live.Page.Keyboard.PressAsync("f");
        Assert.Equal(spans[0], (await SpansAsync())[0], 0.001);

        await live.Page.Keyboard.PressAsync("Enter");
        await live.UntilAsync("document.activeElement.id === 'detail'", "the record to have the focus");
        await live.Page.Keyboard.PressAsync("Escape");
        Assert.True(await live.AskAsync<bool>($"document.activeElement === document.querySelector('{Second} canvas')"), "the focus goes back to where it came from");

        Task<double[]> SpansAsync() => live.AskAsync<double[]>("page.comparison.boards.map(board => board.source.view.span)");
    }
}
