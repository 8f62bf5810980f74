using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WebConcurrency.Browser.Tests.Running;
using WebConcurrency.Recording;

namespace WebConcurrency.Browser.Tests;

/// <summary>Names that would be markup if they were not shown as text; in an application of its own, which registers nothing to fire.</summary>
public sealed class HostileNamesTests(TestBrowser browser, RunningServer server)
{
    private const string Markup = "<script>window.hurt=1</script><img src=x onerror=window.hurt=1>";

    [Fact]
    public async Task Markup_in_a_route_and_a_strategy_is_text()
    {
        await using var app = await StartAsync();
        var address = new Uri(app.Urls.Single());
        await using var live = await browser.OpenAsync(address);
        using (var client = new HttpClient { BaseAddress = address })
        {
            Assert.Equal("ok", await client.GetStringAsync($"/{Uri.EscapeDataString(Markup.Replace('/', '.'))}", TestContext.Current.CancellationToken));
        }

        await live.UntilAsync("document.querySelectorAll('#table tbody tr').length === 1 && document.querySelectorAll('#strategy option').length === 2", "the request to be shown");
        await live.Page.ClickAsync("#table tbody button");
        await live.UntilAsync("document.querySelectorAll('.phases li').length > 0", "its record");

        Assert.Contains("<script>", await live.Page.TextContentAsync("#detail-title"), StringComparison.Ordinal);
        Assert.Contains("<script>", await live.Page.TextContentAsync("#table tbody"), StringComparison.Ordinal);
        Assert.Equal(Markup, await live.Page.GetAttributeAsync("#strategy option:nth-child(2)", "value"));
        Assert.False(await live.AskAsync<bool>("'hurt' in window"));
        Assert.Equal(1, await live.AskAsync<int>("document.scripts.length"));
        await live.PictureAsync("markup", whole: false);
    }

    [Fact]
    public async Task Nothing_registered_leaves_no_firing_panel()
    {
        await using var app = await StartAsync();
        await using var live = await browser.OpenAsync(new Uri(app.Urls.Single()));
        Assert.True(await live.AskAsync<bool>("document.getElementById('fire').hidden"));
    }

    [Fact]
    public async Task Markup_in_an_unknown_path_is_nowhere_on_the_page()
    {
        await using var live = await browser.OpenAsync(server.Address);
        var before = await live.AskAsync<long>("page.store.newest");
        using (await server.Client.GetAsync($"/{Uri.EscapeDataString("<script>hurt()<")}", TestContext.Current.CancellationToken))
        {
        }

        await live.UntilAsync($"page.store.newest > {before}", "the request's record");
        await live.UntilAsync("document.getElementById('table').textContent.includes('(none) → 404')", "the request to be shown");
        Assert.DoesNotContain("hurt()", await live.Page.ContentAsync(), StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddRequestConcurrency();
        var app = builder.Build();
        app.UseRequestConcurrency();
        app.MapGet($"/{Markup.Replace('/', '.')}", () =>
        {
            RequestRecorder.Current?.Label(Markup, Markup);
            return "ok";
        });
        app.MapRequestConcurrency();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
