using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using WebConcurrency.Recording;

namespace WebConcurrency.Tests.Outputs;

public sealed class ConcurrencyEndpointsTests
{
    [Fact]
    public async Task Requests_are_newest_first_and_bounded_by_last()
    {
        await using var app = await StartWithAsync(requests: 5);

        Assert.Equal([5, 4, 3], await SequencesAsync(app, "/concurrency/requests?last=3"));
        Assert.Equal([5, 4, 3, 2, 1], await SequencesAsync(app, "/concurrency/requests"));
    }

    [Fact]
    public async Task Since_gives_the_next_ones_and_says_how_many_are_gone()
    {
        await using var app = await StartWithAsync(requests: 103, options => options.RecordsKept = 100);

        Assert.Equal([103, 102], await SequencesAsync(app, "/concurrency/requests?since=101"));
        Assert.Equal([6, 5], await SequencesAsync(app, "/concurrency/requests?since=4&last=2"));
        using var answer = await app.Client.GetAsync("/concurrency/requests?since=1", TestContext.Current.CancellationToken);
        Assert.Equal("2", answer.Headers.GetValues("X-Overrun").Single());
        using var complete = await app.Client.GetAsync("/concurrency/requests?since=3", TestContext.Current.CancellationToken);
        Assert.False(complete.Headers.Contains("X-Overrun"));
    }

    [Theory]
    [InlineData("last=0")]
    [InlineData("last=10001")]
    [InlineData("last=x")]
    [InlineData("last=1&last=2")]
    [InlineData("last=")]
    [InlineData("last=5%00")]
    [InlineData("since=-1")]
    [InlineData("since=99999999999999999999")]
    public async Task Bad_parameter_is_refused_by_name(string query)
    {
        await using var app = await StartWithAsync(requests: 0);
        using var answer = await app.Client.GetAsync($"/concurrency/requests?{query}", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains(query.Split('=')[0], await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_request_has_its_phases_and_who_worked_during_each_wait()
    {
        await using var app = await PlainApplication.StartAsync(app =>
        {
            Gates gates = new();
            app.MapGet("/waits", async () =>
            {
                using (RequestConcurrency.Wait(WaitKind.Io))
                {
                    gates.Waiting.SetResult();
                    await gates.Worked.Task;
                }
            });
            app.MapGet("/works", async () =>
            {
                await gates.Waiting.Task;
                Thread.SpinWait(100_000);
                gates.Worked.SetResult();
            });
            app.MapRequestConcurrency();
        });
        await Task.WhenAll(app.GetAsync("/waits"), app.GetAsync("/works"));
        await UntilKeptAsync(app, 2);
        var waiting = app.Ledger.Newest(100).Select(record => record.Figures).Single(figures => figures.Route == "/waits");
        var working = app.Ledger.Newest(100).Select(record => record.Figures).Single(figures => figures.Route == "/works");

        var detail = await app.JsonAsync($"/concurrency/requests/{waiting.Id}");

        var phase = detail.GetProperty("phases").EnumerateArray().Single(phase => phase.GetProperty("kind").GetString() == "io");
        var who = Assert.Single(phase.GetProperty("overlapped_by").EnumerateArray().Select(who => who.GetProperty("id").GetInt64()).Distinct());
        Assert.Equal(working.Id, who);
        Assert.True(phase.GetProperty("overlapped_by_all").GetBoolean());
        Assert.True(detail.GetProperty("wall_ms").GetDouble() >= phase.GetProperty("end_ms").GetDouble());
    }

    [Theory]
    [InlineData("/concurrency/requests/77", HttpStatusCode.NotFound)]
    [InlineData("/concurrency/requests/x", HttpStatusCode.BadRequest)]
    [InlineData("/concurrency/requests/-1", HttpStatusCode.BadRequest)]
    public async Task Request_that_is_not_kept_is_a_problem(string path, HttpStatusCode expected)
    {
        await using var app = await StartWithAsync(requests: 1);
        using var answer = await app.Client.GetAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Summary_counts_by_route()
    {
        await using var app = await StartWithAsync(requests: 4);

        var summary = await app.JsonAsync("/concurrency/summary");

        Assert.Equal(0, summary.GetProperty("running").GetInt32());
        var route = Assert.Single(summary.GetProperty("routes").EnumerateArray());
        Assert.Equal(4, route.GetProperty("count").GetInt32());
        Assert.True(route.GetProperty("columns").GetProperty("wall_ms").GetProperty("p99").GetDouble() > 0);
        Assert.False(route.GetProperty("columns").TryGetProperty("gil_ms", out _));
    }

    [Fact]
    public async Task Outside_development_nothing_is_answered()
    {
        await using var app = await StartWithAsync(requests: 0, environment: "Production");
        using var answer = await app.Client.GetAsync("/concurrency/summary", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Outside_development_the_setting_opens_it()
    {
        await using var app = await StartWithAsync(requests: 0, options => options.Open = true, "Production");
        await app.JsonAsync("/concurrency/summary");
    }

    [Theory]
    [InlineData("", HttpStatusCode.Unauthorized)]
    [InlineData("right", HttpStatusCode.OK)]
    public async Task Outside_development_authorization_decides(string authorization, HttpStatusCode expected)
    {
        await using var app = await PlainApplication.StartAsync(
            app => app.MapRequestConcurrency().RequireAuthorization(),
            environment: "Production",
            services: services =>
            {
                services.AddAuthorization();
                services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>("test", null);
            });
        app.Client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        using var answer = await app.Client.GetAsync("/concurrency/summary", TestContext.Current.CancellationToken);
        Assert.Equal(expected, answer.StatusCode);
    }

    private static async Task<PlainApplication> StartWithAsync(
        int requests, Action<RequestConcurrencyOptions>? configure = null, string environment = "Development")
    {
        var app = await PlainApplication.StartAsync(
            app =>
            {
                app.MapGet("/", () => "");
                app.MapRequestConcurrency();
            },
            configure,
            environment);
        for (var i = 0; i < requests; i++)
        {
            await app.GetAsync("/");
        }

        await UntilKeptAsync(app, requests);
        return app;
    }

    private static async Task UntilKeptAsync(PlainApplication app, int finished)
    {
        while (app.Ledger.Counts.Finished < finished)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        app.Ledger.Settle();
    }

    private static async Task<IEnumerable<int>> SequencesAsync(PlainApplication app, string path) =>
        (await app.JsonAsync(path)).EnumerateArray().Select(record => record.GetProperty("sequence").GetInt32());

    private sealed class Gates
    {
        public TaskCompletionSource Waiting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Worked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class HeaderAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
            Request.Headers.Authorization == "right"
                ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity("test")), "test"))
                : AuthenticateResult.NoResult());
    }
}
