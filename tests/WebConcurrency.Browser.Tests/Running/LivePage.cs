using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using Microsoft.Playwright;

namespace WebConcurrency.Browser.Tests.Running;

/// <summary>The live page in a browser, and what it complained of. A complaint that was not expected fails the test when the page is closed.</summary>
public sealed class LivePage : IAsyncDisposable
{
    private static readonly string Screenshots = typeof(LivePage).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Screenshots").Value!;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = new();

    private LivePage(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _complaints.Enqueue(message.Text);
            }
        };
        page.PageError += (_, error) => _complaints.Enqueue(error);
    }

    public IPage Page { get; }

    /// <summary>Complaints that contain this are expected: a server that was stopped on purpose.</summary>
    public string? Expected { get; set; }

    internal static async Task<LivePage> InAsync(IBrowserContext context)
    {
        var page = new LivePage(context, await context.NewPageAsync());
        await page.Page.AddInitScriptAsync(
            "document.addEventListener('securitypolicyviolation', event => console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI))");
        return page;
    }

    /// <summary>Waits until an expression in the page is true. Asked again and again from here: the page's policy lets nothing evaluate text in it.</summary>
    public async Task UntilAsync(string expression, string what)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        while (!await Page.EvaluateAsync<bool>(expression))
        {
            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"Waited {Limit} for {what}. The page complained: {string.Join(" | ", _complaints)}");
            }

            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }

    public Task<T> AskAsync<T>(string expression) => Page.EvaluateAsync<T>(expression);

    public async Task<JsonElement> JsonAsync(string expression) => JsonDocument.Parse(await Page.EvaluateAsync<string>($"JSON.stringify({expression})")).RootElement;

    /// <summary>Fires from the panel and waits until the records have come.</summary>
    public async Task FireAsync(string strategy, int count, int atOnce = 4, params string[] workloads)
    {
        await Page.SelectOptionAsync("#fire-strategy", strategy);
        await FillAsync(count, atOnce, workloads);
        await Page.ClickAsync("#fire-go");
        await UntilAsync($"document.getElementById('fire-said').textContent.startsWith('{strategy} answered')", $"{count} answers under {strategy}");
    }

    public async Task FillAsync(int count, int atOnce, params string[] workloads)
    {
        await Page.FillAsync("#fire-count", $"{count}");
        await Page.FillAsync("#fire-at-once", $"{atOnce}");
        foreach (var box in await Page.Locator("input[name=workload]").AllAsync())
        {
            await box.SetCheckedAsync(workloads.Any((await box.GetAttributeAsync("value"))!.StartsWith));
        }
    }

    /// <summary>Keeps a picture of the whole page as test output.</summary>
    public Task PictureAsync(string name, bool whole = true) =>
        Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Screenshots, $"{name}.png"), FullPage = whole });

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        Assert.DoesNotContain(_complaints, complaint => Expected is null || !complaint.Contains(Expected, StringComparison.Ordinal));
    }
}
