using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Endpoints;

public sealed class BadInputTests(TestPostgres postgres) : IAsyncLifetime
{
    private TestServer _server = null!;

    public ValueTask InitializeAsync()
    {
        _server = new TestServer(postgres);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("/io", "ms", "0 to 10000")]
    [InlineData("/cpu", "ms", "0 to 10000")]
    [InlineData("/mixed", "io", "0 to 10000")]
    [InlineData("/async/mixed", "cpu", "0 to 10000")]
    [InlineData("/queries", "count", "1 to 500")]
    public async Task Bad_values_are_refused_with_the_parameter_and_its_bounds(string path, string parameter, string bounds)
    {
        string[] values =
        [
            "-1", "10001", "x", "", " ", "1.5", "1e3", "0x10", "+5", "%2B", "%2B5", "5%00", "-", "5%20", "٣", "NaN", "null", "true", "2147483648", "-9223372036854775809",
            "99999999999999999999999999", "%00", "%zz", "1,000", "'; drop table world; --", "<script>", new string('9', 20_000),
            $"1&{parameter}=2", $"1&{parameter.ToUpperInvariant()}=2",
        ];
        foreach (var value in values)
        {
            using var answer = await _server.GetAsync($"{path}?{parameter}={value}");
            var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{value}: {(int)answer.StatusCode}");
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            var detail = problem.GetProperty("detail").GetString()!;
            Assert.StartsWith(parameter, detail, StringComparison.Ordinal);
            Assert.Contains(bounds, detail, StringComparison.Ordinal);
            Assert.DoesNotContain("script", detail, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/io?ms=0")]
    [InlineData("/cpu?ms=0")]
    [InlineData("/cpu?ms=00001")]
    [InlineData("/mixed?io=0&cpu=0")]
    [InlineData("/io?ms=1&unknown=2")]
    public async Task Values_at_the_bounds_are_served(string path)
    {
        using var answer = await _server.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("GET", "/nobody/io", HttpStatusCode.NotFound)]
    [InlineData("GET", "/THREAD/io", HttpStatusCode.NotFound)]
    [InlineData("GET", "/thread/nothing", HttpStatusCode.NotFound)]
    [InlineData("GET", "/", HttpStatusCode.NotFound)]
    [InlineData("GET", "/io/io/io", HttpStatusCode.NotFound)]
    [InlineData("POST", "/io", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/nobody/orders", HttpStatusCode.NotFound)]
    [InlineData("GET", "/orders", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/thread/orders/1", HttpStatusCode.MethodNotAllowed)]
    [InlineData("DELETE", "/plain", HttpStatusCode.MethodNotAllowed)]
    public async Task What_there_is_not_is_a_problem_and_lists_what_there_is(string method, string path, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Accept.ParseAdd("text/html");
        using var answer = await _server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        if (expected == HttpStatusCode.NotFound)
        {
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.All(["thread", "pool", "serial", "threadpool", "async", "gil", "io", "cpu", "mixed", "db", "queries", "threads", "/orders/{id}"], known => Assert.Contains(known, text, StringComparison.Ordinal));
        }
    }
}
