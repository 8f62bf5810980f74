using Microsoft.Playwright;
using WebConcurrency.Browser.Tests.Running;

namespace WebConcurrency.Browser.Tests;

/// <summary>What becomes of these tests where there is no browser.</summary>
public sealed class BrowserProgramTests
{
    [Fact]
    public async Task Program_that_does_not_start_is_a_reason_and_no_crash()
    {
        using var playwright = await Playwright.CreateAsync();
        var (browser, missing) = await TestBrowser.LaunchAsync(playwright, "/bin/false");
        Assert.Null(browser);
        Assert.StartsWith("/bin/false does not start: ", missing, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_browser_skips_with_the_reason_and_fails_where_a_build_is_judged()
    {
        TestBrowser.Demand(null, isJudged: true);
        var skipped = "";
        try
        {
            TestBrowser.Demand("No Chromium.", isJudged: false);
        }
        catch (Xunit.Sdk.SkipException skip)
        {
            skipped = skip.Message;
        }

        Assert.EndsWith("No Chromium.", skipped, StringComparison.Ordinal);
        var failed = Record.Exception(() => TestBrowser.Demand("No Chromium.", isJudged: true));
        Assert.StartsWith("No Chromium. CI=true", failed?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stub_that_only_says_what_to_install_is_no_browser()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var stub = Path.Combine(folder.FullName, "chromium");
            await File.WriteAllTextAsync(stub, "#!/bin/sh\necho 'requires the chromium snap to be installed' >&2\nexit 1\n", TestContext.Current.CancellationToken);
            File.SetUnixFileMode(stub, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            Assert.NotEqual(stub, BrowserProgram.OnPath(folder.FullName));

            var works = Path.Combine(folder.FullName, "chromium-browser");
            await File.WriteAllTextAsync(works, "#!/bin/sh\necho 'Chromium 1'\n", TestContext.Current.CancellationToken);
            File.SetUnixFileMode(works, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            Assert.Equal(works, BrowserProgram.OnPath(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
