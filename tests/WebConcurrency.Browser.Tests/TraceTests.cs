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
        TestBrowser.Demand(Speedscope.Missing(), TestBrowser.IsJudged);
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
        var slices = JsonDocument.Parse(await File.ReadAllBytesAsync(trace, TestContext.Current.CancellationToken)).RootElement.GetProperty("traceEvents").EnumerateArray()
            .Where(one => one.GetProperty("ph").GetString() == "X").ToList();
        var tracks = slices.GroupBy(one => (one.GetProperty("pid").GetInt32(), one.GetProperty("tid").GetInt64())).ToList();
        Assert.Contains($"/{tracks.Count})", await viewer.AskAsync<string>("document.body.innerText"), StringComparison.Ordinal);
        await viewer.PictureAsync("speedscope", whole: false);

        // What the viewer understood, as it exports it: the same slices at the same places, track by track.
        var export = await viewer.Page.RunAndWaitForDownloadAsync(() => viewer.Page.GetByText("Export").ClickAsync());
        var understood = JsonDocument.Parse(await File.ReadAllBytesAsync(await export.PathAsync(), TestContext.Current.CancellationToken)).RootElement;
        var frames = understood.GetProperty("shared").GetProperty("frames").EnumerateArray().Select(frame => frame.GetProperty("name").GetString()!).ToList();
        Assert.Equal(
            tracks.Select(track => Words(track.Select(one => (
                one.GetProperty("name").GetString()!, one.GetProperty("ts").GetDouble(), one.GetProperty("ts").GetDouble() + one.GetProperty("dur").GetDouble())))).Order(StringComparer.Ordinal),
            understood.GetProperty("profiles").EnumerateArray().Select(profile => Words(Slices(profile, frames))).Order(StringComparer.Ordinal));
    }

    /// <summary>Slices in order, each from the first one's start: the viewer counts from its own zero.</summary>
    private static string Words(IEnumerable<(string Name, double Start, double End)> slices)
    {
        // One that begins and ends at once has no place in the viewer.
        var ordered = slices.Where(slice => slice.End > slice.Start).OrderBy(slice => slice.Start).ThenByDescending(slice => slice.End).ThenBy(slice => slice.Name, StringComparer.Ordinal).ToList();
        return string.Join("; ", ordered.Select(slice => FormattableString.Invariant($"{slice.Name} {slice.Start - ordered[0].Start:0.000} {slice.End - ordered[0].Start:0.000}")));
    }

    private static IEnumerable<(string Name, double Start, double End)> Slices(JsonElement profile, List<string> frames)
    {
        var open = new Stack<(int Frame, double At)>();
        foreach (var one in profile.GetProperty("events").EnumerateArray())
        {
            var (frame, at) = (one.GetProperty("frame").GetInt32(), one.GetProperty("at").GetDouble());
            if (one.GetProperty("type").GetString() == "O")
            {
                open.Push((frame, at));
                continue;
            }

            var (began, start) = open.Pop();
            Assert.Equal(began, frame);

            // A name comes with its arguments behind it.
            yield return (frames[frame].Split(" {")[0], start, at);
        }

        Assert.Empty(open);
    }
}
