using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Tests.Servers;

public sealed class OwnedServerTests
{
    [Theory]
    [InlineData("ConnectionStrings__Postgres", true)]
    [InlineData("Postgres__Connections", true)]
    [InlineData("concurrency__enabled", true)]
    [InlineData("Lab:Enabled", true)]
    [InlineData("ASPNETCORE_URLS", true)]
    [InlineData("URLS", true)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", true)]
    [InlineData("PATH", false)]
    [InlineData("POSTGRESQL_HOME", false)]
    [InlineData("LOGNAME", false)]
    [InlineData("DOTNET_ROOT", false)]
    public void Settings_of_the_caller_s_own_server_are_not_for_this_one(string variable, bool isSetting) =>
        Assert.Equal(isSetting, OwnedServer.IsSetting(variable));

    [Fact]
    public void Address_is_found_in_the_log()
    {
        Assert.Equal(
            new Uri("http://127.0.0.1:4711"),
            OwnedServer.AddressIn("""{"@m":"Now listening on: \"http://127.0.0.1:4711\"","address":"http://127.0.0.1:4711"}"""));
        Assert.Null(OwnedServer.AddressIn("""{"@m":"Application started."}"""));
        Assert.Null(OwnedServer.AddressIn("Now listening on: what nobody can read"));
        Assert.Null(OwnedServer.AddressIn("""["Now listening on"]"""));
    }

    [Fact]
    public void Server_that_was_not_built_is_looked_for_and_named()
    {
        var failure = Assert.Throws<ServerException>(() => ServerProgram.Find(Path.GetPathRoot(AppContext.BaseDirectory)!));
        Assert.Contains("WebConcurrency.Server.dll", failure.Message, StringComparison.Ordinal);
        Assert.Contains("--url", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_that_does_not_start_says_why()
    {
        var failure = await Assert.ThrowsAsync<ServerException>(() => OwnedServer.StartAsync(
            new Dictionary<string, string> { ["Postgres__Connections"] = "0" }, TestContext.Current.CancellationToken));
        Assert.Contains("Connections", failure.Message, StringComparison.Ordinal);
    }
}
