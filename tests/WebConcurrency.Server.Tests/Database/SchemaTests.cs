using Npgsql;
using WebConcurrency.Server.Database;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Database;

public sealed class SchemaTests(TestPostgres postgres)
{
    [Fact]
    public async Task Servers_that_start_at_once_make_the_tables_and_their_rows_once()
    {
        await postgres.ExecuteAsync("create database fresh");
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Database = "fresh" });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Schema.CreateAsync(source, TestContext.Current.CancellationToken)));

        foreach (var (table, rows) in new[] { ("world", 10_000), ("shop.customers", 1_000), ("shop.products", 1_000), ("shop.orders", 1_000), ("shop.order_lines", 2_500) })
        {
            await using var command = source.CreateCommand($"select count(*) from {table}");
            Assert.Equal((long)rows, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        }
    }
}
