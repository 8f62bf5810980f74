using Npgsql;
using WebConcurrency.Server.Database;

namespace WebConcurrency.Server.Tests.Database;

public sealed class ConnectionSettingsTests
{
    [Fact]
    public void Requests_prepare_automatically_and_reset_nothing()
    {
        var settings = new NpgsqlConnectionStringBuilder(ConnectionSettings.ForRequests("Host=h", 7, TimeSpan.FromSeconds(14)));
        Assert.Equal("-c statement_timeout=14000", settings.Options);
        Assert.Equal((7, true, 64, 2), (settings.MaxPoolSize, settings.NoResetOnClose, settings.MaxAutoPrepare, settings.AutoPrepareMinUsages));
    }

    [Fact]
    public void What_the_user_has_set_stays()
    {
        var settings = new NpgsqlConnectionStringBuilder(
            ConnectionSettings.ForRequests("Host=h;Max Auto Prepare=0;No Reset On Close=false;Application Name=mine", 7, TimeSpan.FromSeconds(14)));
        Assert.Equal((0, false, "mine"), (settings.MaxAutoPrepare, settings.NoResetOnClose, settings.ApplicationName));
    }

    [Theory]
    [InlineData(297, 256)]
    [InlineData(97, 87)]
    [InlineData(5, 1)]
    public void Connections_are_what_the_database_allows_less_ten_at_most_256(int allowed, int expected) =>
        Assert.Equal(expected, ConnectionLimit.Default(allowed));
}
