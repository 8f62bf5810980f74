using System.Text.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Workloads;

/// <summary>Orders of which only a part arrives.</summary>
public sealed class HalfSentOrdersTests(TestPostgres postgres)
{
    private static readonly string Half = TestShop.Body(1, (1, 1))[..20];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_that_leaves_in_its_order_is_recorded_and_nothing_else_comes_of_it(bool resets)
    {
        await using var server = await ServerProcess.StartAsync(("ConnectionStrings__Postgres", postgres.ConnectionString));

        // Which of several things the server hears of first is a race.
        for (var round = 0; round < 10; round++)
        {
            using (var connection = new RawConnection(server.Client.BaseAddress!))
            {
                await connection.SendHalfAsync("/thread/orders", Half);
                await UntilRunningAsync(server, 1);
                if (resets)
                {
                    connection.Reset();
                }
            }

            await UntilRunningAsync(server, 0);
        }

        // Its line comes after all others.
        var last = (await server.JsonAsync("/db")).GetProperty("id").GetInt64();
        var statuses = new List<int>();
        await server.LineAsync(text =>
        {
            var line = JsonDocument.Parse(text).RootElement;
            Assert.False(line.TryGetProperty("@l", out var level) && level.GetString() is "Warning" or "Error" or "Fatal", text);
            if (line.TryGetProperty("Status", out var status))
            {
                statuses.Add(status.GetInt32());
            }

            return line.TryGetProperty("Id", out var id) && id.GetInt64() == last && line.TryGetProperty("Status", out _);
        });
        Assert.Equal([.. Enumerable.Repeat(499, 10), 200], statuses);
    }

    [Fact]
    public async Task Client_that_stands_still_in_its_order_is_told_so()
    {
        // Kestrel's own limit: 240 bytes a second after 5 s.
        await using var server = new TestServer(
            postgres,
            services => services.Configure<KestrelServerOptions>(
                options => options.Limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(1.1))));
        await AssertRefusedAsync(server, "408", "Request Timeout");
    }

    [Fact]
    public async Task Time_to_send_an_order_is_part_of_the_request_s_time()
    {
        await using var server = new TestServer(postgres, null, ("Admission:Deadline", "00:00:00.300"));
        await AssertRefusedAsync(server, "504", "limit of 0.3 s");
    }

    [Fact]
    public async Task Server_that_stops_does_not_wait_for_the_rest_of_an_order()
    {
        await using var server = await ServerProcess.StartAsync(
            ("ConnectionStrings__Postgres", postgres.ConnectionString), ("Admission__DrainTime", "00:00:01"));
        using var connection = new RawConnection(server.Client.BaseAddress!);
        await connection.SendHalfAsync("/thread/orders", Half);
        await UntilRunningAsync(server, 1);
        server.Terminate();

        Assert.StartsWith("HTTP/1.1 503", await connection.AnswerAsync(), StringComparison.Ordinal);
        Assert.Equal((0, ""), await server.ExitAsync());
    }

    private async Task AssertRefusedAsync(TestServer server, string status, string detail)
    {
        await using var shop = new TestShop(server, postgres);
        var before = await shop.NumberAsync("select last_value from shop.orders_id_seq");
        using var connection = new RawConnection(server.Address);
        await connection.SendHalfAsync("/thread/orders", Half);
        var answer = await connection.AnswerAsync();

        Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.Contains(detail, answer, StringComparison.Ordinal);
        Assert.Equal(status, $"{(await server.RecordAsync(1)).GetProperty("status").GetInt32()}");
        Assert.Equal(before, await shop.NumberAsync("select last_value from shop.orders_id_seq"));
    }

    private static Task UntilRunningAsync(ServerProcess server, int count) => Eventually.EqualAsync(
        count, async () => (await server.JsonAsync("/concurrency/summary")).GetProperty("running").GetInt32(), "how many run");
}
