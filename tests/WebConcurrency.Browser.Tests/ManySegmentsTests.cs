using System.Text.Json;
using Microsoft.Playwright;
using WebConcurrency.Browser.Tests.Running;

namespace WebConcurrency.Browser.Tests;

/// <summary>Ten thousand segments on screen that move while the stream goes on.</summary>
public sealed class ManySegmentsTests(TestBrowser browser, RunningServer server)
{
    private const int Requests = 2_200;

    /// <summary>How often a second the page draws, over two seconds.</summary>
    private const string Rate =
        """
        (async () => {
          const began = performance.now(), before = page.board.frames;
          while (performance.now() - began < 2000) await new Promise(requestAnimationFrame);
          return { rate: 1000 * (page.board.frames - before) / (performance.now() - began), segments: page.board.drawnSegments };
        })()
        """;

    /// <summary>Requests like one that was served, over the last eight seconds on twenty threads: alone, and followed live.</summary>
    private static readonly string Fill =
        $$"""
        (() => {
          const sample = page.store.records.at(-1);
          const now = page.view.now();
          const take = ({ segments, start, end, ...plain }) => plain;
          const plain = structuredClone(take(sample));
          // Between the last one that came and the next: those of the stream are newer, and none of them is taken for one that is known.
          for (let i = 0; i < {{Requests}}; i++) {
            const thread = { managed: 1000 + i % 20, os: 9000 + i % 20 };
            page.store.add({ ...plain, route: '/many', id: 1e6 + i, sequence: page.store.newest + 0.0001, at_ms: now - 8000 + i * 8000 / {{Requests}} - plain.wall_ms,
              phases: plain.phases.map(phase => phase.thread ? { ...phase, thread } : phase) });
          }
          // Only these: what comes now must not push them off the canvas.
          const route = document.getElementById('route');
          route.append(new Option('/many', '/many'));
          route.value = '/many';
          page.view.span = 20000;
          page.view.follow();
          page.board.changed();
          return 0;
        })()
        """;

    [Theory]
    [InlineData("thread")]
    [InlineData("request")]
    public async Task Ten_thousand_segments_move_half_as_often_at_least_as_a_few_do(string mode)
    {
        await using var live = await browser.OpenAsync(server.Address);
        await live.Page.CheckAsync($"input[name=mode][value={mode}]", new PageCheckOptions { Force = true });
        using var over = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var others = OthersAsync(over.Token);
        await live.FireAsync("thread", 1, 1, "io");
        var few = await RateAsync(live);
        await live.AskAsync<int>(Fill);
        var before = await live.AskAsync<double>("page.store.newest");
        var many = await RateAsync(live);
        var came = await live.AskAsync<double>("page.store.newest") - before;
        await over.CancelAsync();
        await others;

        TestContext.Current.TestOutputHelper?.WriteLine($"{mode}: {few.Rate:0} pictures a second of {few.Segments} segments, {many.Rate:0} of {many.Segments}");
        await live.PictureAsync($"many-{mode}", whole: false);
        Assert.True(came >= 1, "nothing came over the stream meanwhile");
        Assert.True(mode == "request" || many.Segments >= 10_000, $"{many.Segments} segments");
        Assert.True(many.Rate >= 0.5 * few.Rate, $"{many.Rate} pictures a second of {many.Segments} segments, {few.Rate} of {few.Segments}");
    }

    private async Task OthersAsync(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await server.Client.GetStringAsync("/async/io?ms=20", TestContext.Current.CancellationToken);
        }
    }

    private static async Task<(double Rate, int Segments)> RateAsync(LivePage live)
    {
        var told = await live.Page.EvaluateAsync<JsonElement>(Rate);
        return (told.GetProperty("rate").GetDouble(), told.GetProperty("segments").GetInt32());
    }
}
