using Microsoft.Playwright;
using WebConcurrency.Browser.Tests.Running;

namespace WebConcurrency.Browser.Tests;

/// <summary>The trace that the page offers, in a viewer that people use.</summary>
public sealed class TraceTests(TestBrowser browser, RunningServer server)
{
    private const string Viewer = "http://speedscope.test";

    [Fact]
    public async Task Downloaded_trace_is_accepted_by_speedscope()
    {
        Assert.SkipWhen(Speedscope.Missing() is not null, Speedscope.Missing() ?? "");
        await using var live = await browser.OpenAsync(server.Address);
        await live.FireAsync("thread", 4, 4, "io", "cpu");
        var download = await live.Page.RunAndWaitForDownloadAsync(() => live.Page.ClickAsync("#download"));
        var trace = await download.PathAsync();

        await using var viewer = await browser.NewAsync(new Uri(Viewer));
        await Speedscope.ServeAsync(viewer.Page, Viewer);
        await viewer.Page.GotoAsync($"{Viewer}/index.html");
        await viewer.Page.SetInputFilesAsync("input[type=file]", trace);
        await viewer.UntilAsync("document.body.textContent.includes('Time Order') && /OS|thread|request|#[0-9]/.test(document.title)", "speedscope to show a profile");
        await viewer.PictureAsync("speedscope", whole: false);
    }
}
