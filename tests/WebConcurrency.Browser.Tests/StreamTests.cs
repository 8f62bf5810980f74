using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.Playwright;
using WebConcurrency.Browser.Tests.Running;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Browser.Tests;

/// <summary>What the page makes of a stream that breaks, falls silent or leaves something out.</summary>
public sealed class StreamTests(TestBrowser browser, RunningServer server)
{
    private const string Ids = "page.store.records.map(record => record.id)";

    [Fact]
    public async Task Stream_that_is_cut_is_said_and_taken_up_with_the_next_server()
    {
        await using var first = await ServerProcess.StartAsync();
        var address = first.Client.BaseAddress!;
        await using var live = await browser.OpenAsync(address);
        live.Expected = "net::ERR";
        await live.FireAsync("thread", 2, 2, "cpu");
        first.Terminate();
        await StateAsync(live, "cut");
        Assert.Contains("cut", await live.Page.TextContentAsync("#connection"), StringComparison.Ordinal);
        await live.PictureAsync("cut", whole: false);
        await first.ExitAsync();

        await using var second = await ServerProcess.StartAsync(("ASPNETCORE_URLS", address.ToString()));
        await StateAsync(live, "live");
        await live.UntilAsync("page.store.records.length === 0", "the old server's records to go");
        await live.FireAsync("thread", 2, 2, "cpu");
        await live.UntilAsync("page.store.records.length === 2", "the new server's records to come");
    }

    [Fact]
    public async Task Stream_that_was_refused_once_goes_on_where_it_was_and_tells_nothing_twice()
    {
        await AnswerAsync(4);
        var beginning = await BeginningAsync(4);
        await using var live = await browser.NewAsync(server.Address);
        live.Expected = "503";
        var asked = new ConcurrentQueue<string>();
        await live.Page.RouteAsync("**/concurrency/events?*", route =>
        {
            asked.Enqueue(route.Request.Url);
            return asked.Count switch
            {
                // It ends, and the browser tries again by itself; what is refused it gives up.
                1 => route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/event-stream", Body = beginning }),
                2 => route.FulfillAsync(new RouteFulfillOptions { Status = 503 }),
                _ => route.ContinueAsync(),
            };
        });
        await live.Page.GotoAsync("/concurrency");
        await live.UntilAsync("page.store.records.length === 4", "what the first stream told");
        for (var looks = 0; asked.Count < 3; looks++)
        {
            Assert.True(looks < 6_000, $"The page asked {asked.Count} times.");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        await StateAsync(live, "live");
        await AnswerAsync(1);
        await live.UntilAsync("page.store.records.length >= 5", "the next request");
        Assert.EndsWith($"?since={await live.AskAsync<long>("page.store.records[3].sequence")}", asked.Last(), StringComparison.Ordinal);
        Assert.Equal(5, (await live.AskAsync<long[]>(Ids)).Distinct().Count());

        // And whoever tells it again all the same is not believed.
        Assert.False(await live.AskAsync<bool>("page.store.add({ ...page.store.records[1] })"));
        Assert.Equal(5, await live.AskAsync<int>("page.store.records.length"));
    }

    [Fact]
    public async Task Server_that_falls_silent_without_a_word_is_noticed_and_taken_up_where_it_was()
    {
        await using var own = await ServerProcess.StartAsync();
        await using var live = await browser.OpenAsync(own.Client.BaseAddress!);
        await live.FireAsync("thread", 4, 4, "cpu");
        var before = await live.AskAsync<long[]>(Ids);

        // Its connections stay open, and nothing comes over them.
        own.Signal("STOP");
        try
        {
            await StateAsync(live, "cut");
        }
        finally
        {
            own.Signal("CONT");
        }

        await StateAsync(live, "live");
        await live.FireAsync("thread", 2, 2, "cpu");
        var after = await live.AskAsync<long[]>(Ids);
        Assert.Equal(6, after.Length);
        Assert.Equal(6, after.Distinct().Count());
        Assert.Equal(before, after[..4]);
    }

    [Fact]
    public async Task Requests_that_the_page_did_not_get_are_counted_on_it_and_those_that_all_missed()
    {
        await using var own = await ServerProcess.StartAsync(("Concurrency__EventsPerSecond", "3"));
        await using var live = await browser.OpenAsync(own.Client.BaseAddress!);
        Assert.False(await live.Page.IsVisibleAsync("#lost"));
        Assert.False(await live.Page.IsVisibleAsync("#listeners"));
        await live.FireAsync("async", 40, 4, "cpu");
        await live.UntilAsync("Number(document.getElementById('lost').textContent.split(' ')[0]) + page.store.records.length === 40", "all requests to be shown or counted");

        Assert.True(await live.AskAsync<int>("page.store.records.length") < 40);
        Assert.Contains("missing here", await live.Page.Locator("#lost:visible").TextContentAsync(), StringComparison.Ordinal);
        await live.PictureAsync("lost", whole: false);

        // One that comes later misses the same: it is left out of the stream for all.
        await using var other = await browser.OpenAsync(own.Client.BaseAddress!);
        await other.UntilAsync("Number(document.getElementById('lost').textContent.split(' ')[0]) + page.store.records.length === 40", "all requests to be shown or counted");
        var all = await MissedAsync(live) + await MissedAsync(other);
        foreach (var page in new[] { live, other })
        {
            await page.UntilAsync($"document.getElementById('listeners').textContent === '2 listening, {all} missed by all together'", "what both missed");
        }

        var metrics = await own.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Contains(metrics.Split('\n'), line => line.StartsWith("webconcurrency_events_lost", StringComparison.Ordinal) && line.EndsWith($" {all}", StringComparison.Ordinal));
    }

    private static Task<int> MissedAsync(LivePage live) => live.AskAsync<int>("Number(document.getElementById('lost').textContent.split(' ')[0])");

    private static Task StateAsync(LivePage live, string state) =>
        live.UntilAsync($"document.getElementById('connection').dataset.state === '{state}'", $"the page to say that the stream is {state}");

    private async Task AnswerAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var answer = await server.Client.GetAsync("/async/cpu?ms=0", TestContext.Current.CancellationToken);
            var id = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("id").GetInt64();

            // Waits until it is a record.
            await server.Client.GetStringAsync($"/concurrency/requests/{id}", TestContext.Current.CancellationToken);
        }
    }

    /// <summary>What a new listener is told, up to so many records.</summary>
    private async Task<string> BeginningAsync(int records)
    {
        await using var stream = await server.Client.GetStreamAsync($"/concurrency/events?last={records}", TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        var told = new StringBuilder();
        while (records > 0)
        {
            var line = await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            told.Append(line).Append('\n');
            records -= line!.StartsWith("id: ", StringComparison.Ordinal) ? 1 : 0;
        }

        return told.Append(await reader.ReadLineAsync(TestContext.Current.CancellationToken)).Append("\n\n").ToString();
    }
}
