using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using System.Text.Json;
using WebConcurrency.Recording;
using WebConcurrency.Server.Endpoints;
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
        Assert.All(named, part => Assert.Equal(part.Value, parts[part.Key]));

        // Of locks and collections nothing is known before the record is made, and of other I/O nobody told.
        Assert.Equal(["queue", "connection", "db", "gil", "cpu", "runnable"], parts.Keys);
    }

    [Fact]
    public void Part_that_is_known_is_named_and_one_that_is_not_is_left_out()
    {
        var times = new RequestTimes { Io = TimeSpan.FromMilliseconds(1.5), Lock = TimeSpan.FromMilliseconds(2), Runnable = TimeSpan.FromTicks(12_345) };
        Assert.Equal("queue;dur=0, connection;dur=0, db;dur=0, io;dur=1.5, gil;dur=0, lock;dur=2, runnable;dur=1.234", ServerTiming.Of(times));
        Assert.Equal("queue;dur=0, connection;dur=0, db;dur=0, gil;dur=0", ServerTiming.Of(default));
        Assert.Contains(", gc;dur=0.25", ServerTiming.Of(times with { Gc = TimeSpan.FromMilliseconds(0.25) }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Work_that_ran_says_where_its_time_went_whatever_it_came_to()
    {
        await using var server = new TestServer(postgres);
        const string Order = """{"customer_id":7,"lines":[{"product_id":42,"quantity":QUANTITY}]}""";
        using var placed = await PostAsync(server, Order.Replace("QUANTITY", "1", StringComparison.Ordinal), "timing-1");
        Assert.Equal(HttpStatusCode.Created, placed.StatusCode);

        using var missing = await server.GetAsync("/thread/orders/999999999");
        using var other = await PostAsync(server, Order.Replace("QUANTITY", "2", StringComparison.Ordinal), "timing-1");
        using var nobody = await PostAsync(server, Order.Replace("QUANTITY", "1", StringComparison.Ordinal).Replace("\"customer_id\":7", "\"customer_id\":999999999", StringComparison.Ordinal), null);
        var shorts = await ShortAsync(server, Order.Replace("QUANTITY", "1000", StringComparison.Ordinal));
        foreach (var (status, answer) in new[]
        {
            (HttpStatusCode.NotFound, missing), (HttpStatusCode.UnprocessableEntity, other), (HttpStatusCode.BadRequest, nobody), (HttpStatusCode.Conflict, shorts),
        })
        {
            Assert.Equal(status, answer.StatusCode);
            Assert.True(Parse(answer)["queue"] > 0, $"{status}: no time at all");

            // Its record is found by the number that the problem names.
            var id = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("id").GetInt64();
            var record = await server.RecordAsync(id);
            Assert.Equal((int)status, record.GetProperty("status").GetInt32());

            // It asked the database, and need not have waited: while its thread still compiles, the answer comes.
            Assert.Contains("db", record.GetProperty("phases").EnumerateArray().Select(phase => phase.GetProperty("kind").GetString()));
        }

        shorts.Dispose();
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

    private static async Task<HttpResponseMessage> PostAsync(TestServer server, string order, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/thread/orders") { Content = new StringContent(order, null, "application/json") };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", $"{key}-{Environment.ProcessId}");
        }

        return await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Buys until the stock is short.</summary>
    private static async Task<HttpResponseMessage> ShortAsync(TestServer server, string order)
    {
        for (var i = 0; i < 2_000; i++)
        {
            var answer = await PostAsync(server, order, null);
            if (answer.StatusCode != HttpStatusCode.Created)
            {
                return answer;
            }

            answer.Dispose();
        }

        throw new InvalidOperationException("The stock does not end.");
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
