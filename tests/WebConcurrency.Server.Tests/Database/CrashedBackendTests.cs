using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using WebConcurrency.Server.Database;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Database;

/// <summary>A backend that dies takes all of PostgreSQL through a recovery, and no order that was acknowledged along.</summary>
public sealed class CrashedBackendTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Acknowledged_order_survives_the_crash_of_a_backend_of_the_cluster_that_is_thrown_away()
    {
        Assert.SkipWhen(PostgresBinaries.Find(Environment.GetEnvironmentVariable("PATH")) is null, DatabaseGuidance.NoPostgres());
        await using var server = await ServerProcess.StartAsync();
        var cluster = TestCluster.Of(server.Id);
        for (var round = 0; round < 5; round++)
        {
            var backend = int.Parse((await cluster.AskAsync("select min(pid) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()"))!, CultureInfo.InvariantCulture);
            var order = await PlaceAsync(server);
            Process.GetProcessById(backend).Kill();

            // 503 while it recovers, 404 if it forgot.
            var status = await Eventually.SeenAsync(
                () => StatusAsync(server, $"/orders/{order}"), status => status != HttpStatusCode.ServiceUnavailable, $"an answer about order {order}");
            Assert.Equal(HttpStatusCode.OK, status);
        }
    }

    private static async Task<long> PlaceAsync(ServerProcess server)
    {
        while (true)
        {
            using var body = new StringContent("""{"customer_id":7,"lines":[{"product_id":42,"quantity":1}]}""", Encoding.UTF8, "application/json");
            using var answer = await server.Client.PostAsync("/async/orders", body, Token);
            if (answer.StatusCode == HttpStatusCode.Created)
            {
                return (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("result").GetProperty("id").GetInt64();
            }

            // A connection from before the crash; with it the others are gone too.
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(ServerProcess server, string path)
    {
        using var answer = await server.Client.GetAsync(path, Token);
        return answer.StatusCode;
    }
}
