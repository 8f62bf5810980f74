using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WebConcurrency.Server.Endpoints;
using WebConcurrency.Server.Strategies;
using WebConcurrency.Server.Tests.Running;
using WebConcurrency.Server.Workloads;

namespace WebConcurrency.Server.Tests.Endpoints;

/// <summary><c>/openapi/v1.json</c> against what the server really takes and gives.</summary>
public sealed class ApiDocumentTests(TestPostgres postgres)
{
    [Fact]
    public async Task Every_parameter_of_every_workload_is_described_with_the_bounds_that_are_held()
    {
        await using var server = new TestServer(postgres);
        var paths = (await server.JsonAsync("/openapi/v1.json")).GetProperty("paths");
        foreach (var workload in server.Services.GetServices<IWorkload>())
        {
            foreach (var path in new[] { $"/{workload.Name}", $"/{{strategy}}/{workload.Name}" })
            {
                var operation = paths.GetProperty(path).GetProperty("get");
                Assert.NotEqual("", operation.GetProperty("summary").GetString());
                var described = Parameters(operation, "query").Where(parameter => parameter.Name != "priority").ToList();
                Assert.Equal(workload.Parameters.Select(parameter => parameter.Name), described.Select(parameter => parameter.Name));
                foreach (var (name, schema) in described)
                {
                    var least = schema.GetProperty("minimum").GetInt64();
                    var most = schema.GetProperty("maximum").GetInt64();
                    Assert.Equal("integer", schema.GetProperty("type").GetString());
                    Assert.Equal(workload.Parameters.Single(parameter => parameter.Name == name), new Parameter(name, schema.GetProperty("default").GetInt32(), (int)least, (int)most));

                    // What the server says of a value beyond, not what another list says.
                    foreach (var beyond in new[] { least - 1, most + 1 })
                    {
                        using var refused = await server.GetAsync($"{path.Replace("{strategy}", "async", StringComparison.Ordinal)}?{name}={beyond}");
                        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
                        Assert.Contains($"from {least} to {most}", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
                    }
                }

                Assert.Equal(["200", "400", "404", "500", "503", "504"], operation.GetProperty("responses").EnumerateObject().Select(response => response.Name));
            }
        }
    }

    [Fact]
    public async Task Every_route_is_described_and_no_other()
    {
        await using var server = new TestServer(postgres);
        var described = (await server.JsonAsync("/openapi/v1.json")).GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => $"{operation.Name} {path.Name}"));
        var served = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => !endpoint.RoutePattern.RawText!.StartsWith("/openapi", StringComparison.Ordinal)
                && !endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("scalar", StringComparison.Ordinal))
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"])
                .Select(method => $"{method.ToLowerInvariant()} /{endpoint.RoutePattern.RawText!.Trim('/')}"));
        Assert.Equal(served.Order(), described.Order());
    }

    [Theory]
    [InlineData("/concurrency/requests", "last=1..10000 since=0..9223372036854775807")]
    [InlineData("/concurrency/requests/{id}", "id=1..9223372036854775807")]
    [InlineData("/concurrency/trace", "last=1..10000")]
    [InlineData("/concurrency/events", "last=0..10000 since=0..9223372036854775807")]
    public async Task Parameters_of_whoever_looks_are_described_with_the_bounds_that_are_held(string path, string bounds)
    {
        await using var server = new TestServer(postgres);
        var operation = (await server.JsonAsync("/openapi/v1.json")).GetProperty("paths").GetProperty(path).GetProperty("get");
        Assert.NotEqual("", operation.GetProperty("summary").GetString());
        var described = Parameters(operation, "path").Concat(Parameters(operation, "query")).ToList();
        Assert.Equal(bounds, string.Join(' ', described.Select(one => $"{one.Name}={one.Schema.GetProperty("minimum").GetInt64()}..{one.Schema.GetProperty("maximum").GetInt64()}")));
        foreach (var (name, schema) in described)
        {
            var (least, most) = (schema.GetProperty("minimum").GetInt64(), schema.GetProperty("maximum").GetInt64());
            foreach (var beyond in new[] { $"{least - 1}", $"{(UInt128)most + 1}" })
            {
                using var refused = await server.GetAsync(path.Contains("{id}", StringComparison.Ordinal) ? path.Replace("{id}", beyond, StringComparison.Ordinal) : $"{path}?{name}={beyond}");
                Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
                Assert.Contains($"from {least} to {most}", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
            }

            using var taken = await server.Client.GetAsync(
                path.Contains("{id}", StringComparison.Ordinal) ? path.Replace("{id}", $"{most}", StringComparison.Ordinal) : $"{path}?{name}={most}",
                HttpCompletionOption.ResponseHeadersRead,
                TestContext.Current.CancellationToken);
            Assert.NotEqual(HttpStatusCode.BadRequest, taken.StatusCode);
        }
    }

    [Fact]
    public async Task Strategies_are_those_that_serve()
    {
        await using var server = new TestServer(postgres, null, ("Strategies:Off:0", "gil"), ("Strategies:Default", "async"));
        var paths = (await server.JsonAsync("/openapi/v1.json")).GetProperty("paths");
        var schema = Parameters(paths.GetProperty("/{strategy}/io").GetProperty("get"), "path").Single().Schema;
        Assert.Equal(
            server.Services.GetServices<IStrategy>().Select(strategy => strategy.Name).Where(name => name != "gil"),
            schema.GetProperty("enum").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal("async", schema.GetProperty("default").GetString());

        // Accepted only where a thread is made, which the default is not now.
        Assert.DoesNotContain(Parameters(paths.GetProperty("/io").GetProperty("get"), "query"), parameter => parameter.Name == "priority");
        Assert.Contains(Parameters(paths.GetProperty("/{strategy}/io").GetProperty("get"), "query"), parameter => parameter.Name == "priority");
    }

    [Fact]
    public async Task Order_is_described_as_it_is_checked()
    {
        await using var server = new TestServer(postgres);
        var placing = (await server.JsonAsync("/openapi/v1.json")).GetProperty("paths").GetProperty("/{strategy}/orders").GetProperty("post");
        var body = placing.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("properties");
        var lines = body.GetProperty("lines");
        var quantity = lines.GetProperty("items").GetProperty("properties").GetProperty("quantity");
        Assert.Equal((1, NewOrder.MostLines), (lines.GetProperty("minItems").GetInt32(), lines.GetProperty("maxItems").GetInt32()));
        Assert.Equal((1, NewOrder.MostQuantity), (quantity.GetProperty("minimum").GetInt32(), quantity.GetProperty("maximum").GetInt32()));
        Assert.Equal(
            ["201", "400", "404", "409", "413", "415", "422", "500", "503", "504"],
            placing.GetProperty("responses").EnumerateObject().Select(response => response.Name).Order());
        Assert.Equal(IdempotencyHeader.MostCharacters, Parameters(placing, "header").Single().Schema.GetProperty("maxLength").GetInt32());
    }

    [Fact]
    public async Task Answers_have_no_property_that_is_not_described()
    {
        await using var server = new TestServer(postgres);
        var paths = (await server.JsonAsync("/openapi/v1.json")).GetProperty("paths");
        foreach (var (path, asked) in new[] { ("/{strategy}/threads", "/thread/threads?count=2&ms=1"), ("/{strategy}/orders/{id}", "/async/orders/7") })
        {
            var schema = paths.GetProperty(path).GetProperty("get").GetProperty("responses").GetProperty("200").GetProperty("content")
                .GetProperty("application/json").GetProperty("schema");
            AssertDescribed(await server.JsonAsync(asked), schema, path);
        }
    }

    [Fact]
    public async Task Page_to_try_it_from_is_there_in_development_alone_and_needs_nothing_from_elsewhere()
    {
        await using var server = new TestServer(postgres);
        using var page = await server.GetAsync("/scalar/");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.DoesNotContain("https://", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        await using var production = new TestServer(postgres, null, ("environment", "Production"));
        using var missing = await production.GetAsync("/scalar/");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task Looking_at_the_description_is_not_recorded()
    {
        await using var server = new TestServer(postgres);
        foreach (var path in new[] { "/openapi/v1.json", "/scalar/", "/metrics" })
        {
            using var looked = await server.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, looked.StatusCode);
        }

        var own = (await server.JsonAsync("/async/db")).GetProperty("id").GetInt64();
        await server.RecordAsync(own);
        var records = await server.JsonAsync("/concurrency/requests");
        Assert.Equal([own], records.EnumerateArray().Select(record => record.GetProperty("id").GetInt64()));
    }

    private static void AssertDescribed(JsonElement value, JsonElement schema, string where)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
            {
                AssertDescribed(item, schema.GetProperty("items"), where);
            }
        }
        else if (value.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out var properties))
        {
            foreach (var property in value.EnumerateObject())
            {
                Assert.True(properties.TryGetProperty(property.Name, out var described), $"{where}: {property.Name} is not described");
                AssertDescribed(property.Value, described, $"{where}.{property.Name}");
            }
        }
        else if (schema.TryGetProperty("type", out var type))
        {
            Assert.Contains(type.GetString(), value.ValueKind == JsonValueKind.Number ? ["integer", "number"] : new[] { "string" });
        }
    }

    private static IEnumerable<(string Name, JsonElement Schema)> Parameters(JsonElement operation, string place) =>
        operation.GetProperty("parameters").EnumerateArray()
            .Where(parameter => parameter.GetProperty("in").GetString() == place)
            .Select(parameter => (parameter.GetProperty("name").GetString()!, parameter.GetProperty("schema")));
}
