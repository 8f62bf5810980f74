using System.Net;
using System.Text.RegularExpressions;
using WebConcurrency.Outputs.Page;

namespace WebConcurrency.Tests.Outputs.Page;

public sealed partial class PageEndpointsTests
{
    [Fact]
    public async Task Page_may_run_nothing_but_its_own_files()
    {
        await using var app = await PlainApplication.StartAsync(_ => { });
        using var answer = await app.Client.GetAsync("/concurrency", TestContext.Current.CancellationToken);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();

        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Page_names_no_other_server_and_has_no_inline_script_or_style()
    {
        await using var app = await PlainApplication.StartAsync(_ => { });
        var html = await app.GetAsync("/concurrency");

        Assert.DoesNotMatch(InlineCode(), html);
        foreach (var (name, file) in PageFile.All)
        {
            Assert.DoesNotMatch(ForeignAddress(), System.Text.Encoding.UTF8.GetString(file.Content.Span).Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal));
            using var answer = await app.Client.GetAsync($"/concurrency/page/{name}", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        }
    }

    [Fact]
    public async Task Every_file_that_a_file_names_is_there()
    {
        await using var app = await PlainApplication.StartAsync(_ => { });
        foreach (var file in PageFile.All.Values)
        {
            foreach (Match named in NamedFile().Matches(System.Text.Encoding.UTF8.GetString(file.Content.Span)))
            {
                Assert.Contains(named.Groups[1].Value, PageFile.All.Keys);
            }
        }
    }

    [Fact]
    public async Task File_that_has_not_changed_is_not_sent_again()
    {
        await using var app = await PlainApplication.StartAsync(_ => { });
        using var first = await app.Client.GetAsync("/concurrency/page/main.js", TestContext.Current.CancellationToken);
        Assert.True(first.Headers.CacheControl!.NoCache);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/concurrency/page/main.js");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task Trailing_slash_leads_to_the_page_from_which_its_links_are_right()
    {
        await using var app = await PlainApplication.StartAsync(_ => { });
        using var answer = await app.Client.GetAsync("/concurrency/", TestContext.Current.CancellationToken);
        Assert.Equal("/concurrency", answer.Headers.Location?.ToString());
    }

    [Theory]
    [InlineData("/concurrency")]
    [InlineData("/concurrency/page/main.js")]
    [InlineData("/concurrency/events")]
    [InlineData("/concurrency/trace")]
    public async Task Outside_development_nothing_is_answered(string path)
    {
        await using var app = await PlainApplication.StartAsync(_ => { }, environment: "Production");
        using var answer = await app.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task File_that_is_not_there_is_404()
    {
        await using var app = await PlainApplication.StartAsync(_ => { });
        using var answer = await app.Client.GetAsync("/concurrency/page/..%2Fsecret", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [GeneratedRegex("""<script(?![^>]*src=)|<style|\sstyle=|\son\w+=|javascript:""")]
    private static partial Regex InlineCode();

    [GeneratedRegex("""https?://""")]
    private static partial Regex ForeignAddress();

    [GeneratedRegex("""(?:concurrency/page/|from '\./)([\w.]+)""")]
    private static partial Regex NamedFile();
}
