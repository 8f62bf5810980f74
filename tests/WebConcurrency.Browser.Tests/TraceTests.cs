using System.Text.Json;
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

        // A headless browser's own word about reading pixels; speedscope's complaints about slices that do not nest are not let through.
        viewer.Expected = "GL Driver Message";
        await viewer.Page.GotoAsync($"{Viewer}/index.html");
        await viewer.Page.SetInputFilesAsync("input[type=file]", trace);
        await viewer.UntilAsync("document.body.textContent.includes('Time Order')", "speedscope to show a profile");

        // A profile for each track that has a slice: the threads and the requests.
        var tracks = JsonDocument.Parse(await File.ReadAllBytesAsync(trace, TestContext.Current.CancellationToken)).RootElement.GetProperty("traceEvents").EnumerateArray()
            .Where(one => one.GetProperty("ph").GetString() == "X").Select(one => (one.GetProperty("pid").GetInt32(), one.GetProperty("tid").GetInt64())).Distinct().Count();
        Assert.Contains($"/{tracks})", await viewer.AskAsync<string>("document.body.innerText"), StringComparison.Ordinal);
        await viewer.PictureAsync("speedscope", whole: false);
    }
}
