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
        await live.UntilAsync("document.querySelector('#table tbody tr td:nth-child(3)')?.textContent === 'async'", "the newest to stand in the table");
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
}
