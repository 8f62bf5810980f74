using Microsoft.Playwright;

namespace WebConcurrency.Browser.Tests.Running;

/// <summary>One browser for all tests; each test opens a page in a profile of its own.</summary>
public sealed class TestBrowser : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private string? _missing;

    public async ValueTask InitializeAsync()
    {
        var program = BrowserProgram.Find(out _missing);
        if (_missing is not null)
        {
            return;
        }

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program,
            // Chromium's sandbox refuses to run as root, and only then is it left out.
            Args = Environment.IsPrivilegedProcess ? ["--no-sandbox"] : [],
        });
    }

    /// <summary>Opens an address and waits until the page's stream is live.</summary>
    /// <exception cref="Xunit.Sdk.SkipException">There is no browser; the reason says what to do.</exception>
    public async Task<LivePage> OpenAsync(Uri address, ColorScheme scheme = ColorScheme.Light, int width = 1280, int height = 900)
    {
        var page = await NewAsync(address, scheme, width, height);
        await page.Page.GotoAsync("/concurrency");
        await page.UntilAsync("document.getElementById('connection').dataset.state === 'live'", "the stream to be live");
        return page;
    }

    /// <summary>An empty page.</summary>
    public async Task<LivePage> NewAsync(Uri address, ColorScheme scheme = ColorScheme.Light, int width = 1280, int height = 900)
    {
        Assert.SkipWhen(_missing is not null, _missing ?? "");
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.ToString(),
            ColorScheme = scheme,
            ViewportSize = new ViewportSize { Width = width, Height = height },
        });
        return await LivePage.InAsync(context);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }
}
