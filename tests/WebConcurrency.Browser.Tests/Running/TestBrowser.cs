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
        (_browser, _missing) = await LaunchAsync(_playwright, program);
    }

    /// <param name="playwright">What launches it.</param>
    /// <param name="program">Its path, or <see langword="null"/> for Playwright's own.</param>
    /// <returns>The browser, or why there is none.</returns>
    internal static async Task<(IBrowser? Browser, string? Missing)> LaunchAsync(IPlaywright playwright, string? program)
    {
        try
        {
            return (await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = program,
                // Chromium's sandbox refuses to run as root, and only then is it left out.
                Args = Environment.IsPrivilegedProcess ? ["--no-sandbox"] : [],
            }), null);
        }
        catch (PlaywrightException failure)
        {
            return (null, $"{program ?? "Playwright's Chromium"} does not start: {failure.Message.Split('\n')[0]}");
        }
    }

    /// <summary>Skips the test where something is missing; where a build is judged (CI=true) nothing may be missing.</summary>
    /// <param name="missing">What, or <see langword="null"/>.</param>
    /// <param name="isJudged">Whether a skip is a failure.</param>
    internal static void Demand(string? missing, bool isJudged)
    {
        Assert.False(isJudged && missing is not null, $"{missing} CI=true: no test may be skipped.");
        Assert.SkipWhen(missing is not null, missing ?? "");
    }

    internal static bool IsJudged => string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Opens an address and waits until the page's stream is live.</summary>
    /// <exception cref="Xunit.Sdk.SkipException">There is no browser; the reason says what to do.</exception>
    public async Task<LivePage> OpenAsync(Uri address, ColorScheme scheme = ColorScheme.Light, int width = 1280, int height = 900)
    {
        var page = await NewAsync(address, scheme, width, height);
        await page.Page.GotoAsync("/concurrency");
        await page.UntilAsync("document.getElementById('connection').dataset.state === 'live'", "the stream to be live");

        // What was before has come too, or was left out: what comes from now on is the test's own.
        await page.UntilAsync("page.store.newest >= page.before || !document.getElementById('lost').hidden", "what was before the stream began");
        return page;
    }

    /// <summary>An empty page.</summary>
    public async Task<LivePage> NewAsync(Uri address, ColorScheme scheme = ColorScheme.Light, int width = 1280, int height = 900)
    {
        Demand(_missing, IsJudged);
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
