using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using System.Text.Json;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Endpoints;

/// <summary>The header that browsers' own tools read.</summary>
public sealed partial class ServerTimingTests(TestPostgres postgres)
{
    [Theory]
    [InlineData("thread")]
    [InlineData("async")]
    [InlineData("gil")]
    public async Task Header_names_the_same_parts_as_the_answer(string strategy)
    {
        await using var server = new TestServer(postgres);
        using var response = await server.GetAsync($"/{strategy}/mixed?io=20&cpu=4");
        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;

        var parts = Parse(response);
        var named = answer.EnumerateObject().Where(part => part.Name.EndsWith("_ms", StringComparison.Ordinal)).ToDictionary(part => part.Name[..^3], part => part.Value.GetDouble());
        Assert.Contains("cpu", named.Keys);
        Assert.Equal(named, parts);
    }

    [Fact]
    public async Task Request_without_a_metered_thread_has_no_part_for_it()
    {
        await using var server = new TestServer(postgres, null, ("Concurrency:MeteredPerSecond", "0"));
        using var response = await server.GetAsync("/thread/io?ms=1");
        Assert.Equal(["queue", "connection", "db", "gil"], Parse(response).Keys);
    }

    [Fact]
    public async Task Request_that_was_turned_away_says_how_long_it_queued()
    {
        await using var server = new TestServer(
            postgres, null, ("Admission:Threads", "2"), ("Admission:QueueTime", "00:00:00.2"));
        var held = new[] { server.GetAsync("/thread/io?ms=3000"), server.GetAsync("/thread/io?ms=3000") };
        await server.UntilSummaryAsync("running", 2);
        using var refused = await server.GetAsync("/thread/io?ms=0");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.True(Parse(refused)["queue"] >= 190, $"it queued {Parse(refused)["queue"]} ms");
        Assert.Equal(0, Parse(refused)["db"]);
        foreach (var response in await Task.WhenAll(held))
        {
            response.Dispose();
        }
    }

    [Fact]
    public async Task Request_that_asked_for_nonsense_has_no_timing()
    {
        await using var server = new TestServer(postgres);
        using var response = await server.GetAsync("/thread/io?ms=many");
        Assert.False(response.Headers.Contains("Server-Timing"));
    }

    /// <summary>server-timing-metric = metric-name *( OWS ";" OWS server-timing-param ), the name a token, the value a token or a quoted string.</summary>
    private static Dictionary<string, double> Parse(HttpResponseMessage response)
    {
        var header = response.Headers.GetValues("Server-Timing").Single();
        return header.Split(',').Select(part => Metric().Match(part)).ToDictionary(
            match => match.Success ? match.Groups["name"].Value : throw new FormatException(header),
            match => double.Parse(match.Groups["duration"].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"^[ \t]*(?<name>[!#$%&'*+\-.^_`|~0-9A-Za-z]+);dur=(?<duration>[0-9]+(\.[0-9]+)?)$")]
    private static partial Regex Metric();
}
