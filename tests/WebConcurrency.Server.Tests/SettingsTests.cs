using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests;

/// <summary>Settings that contradict each other end the server at its start, by name.</summary>
public sealed class SettingsTests(TestPostgres postgres)
{
    [Theory]
    [InlineData("Strategies__Off__0", "threadpol", "threadpol")]
    [InlineData("Strategies__Off__0", "thread", "which is the default")]
    [InlineData("Admission__Notice", "00:00:40", "must not be longer than DrainTime")]
    public async Task Contradiction_is_refused_with_its_value(string name, string value, string expected)
    {
        await using var server = ServerProcess.Launch(readsLog: true, ("ConnectionStrings__Postgres", postgres.ConnectionString), (name, value));
        var (code, errors) = await server.ExitAsync();

        Assert.Equal(1, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
    }
}
