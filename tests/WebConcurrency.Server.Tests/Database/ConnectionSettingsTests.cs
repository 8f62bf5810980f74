using System.Globalization;
using Npgsql;
using WebConcurrency.Server.Admission;
using WebConcurrency.Server.Database;

namespace WebConcurrency.Server.Tests.Database;

public sealed class ConnectionSettingsTests
{
    [Fact]
    public void Requests_prepare_automatically_and_reset_nothing()
    {
        var settings = new NpgsqlConnectionStringBuilder(ConnectionSettings.ForRequests("Host=h", 7, TimeSpan.FromSeconds(13)));
        Assert.Equal("-c statement_timeout=13000", settings.Options);
        Assert.Equal((7, true, 64, 2), (settings.MaxPoolSize, settings.NoResetOnClose, settings.MaxAutoPrepare, settings.AutoPrepareMinUsages));
    }

    [Fact]
    public void What_the_user_has_set_stays()
    {
        var settings = new NpgsqlConnectionStringBuilder(
            ConnectionSettings.ForRequests("Host=h;Max Auto Prepare=0;No Reset On Close=false;Application Name=mine", 7, TimeSpan.FromSeconds(13)));
        Assert.Equal((0, false, "mine"), (settings.MaxAutoPrepare, settings.NoResetOnClose, settings.ApplicationName));
    }

    [Theory]
    [InlineData("-c search_path=shop", "-c search_path=shop -c statement_timeout=13000")]
    [InlineData("-c statement_timeout=5000", "-c statement_timeout=5000")]
    public void Statements_have_their_time_beside_options_of_the_user_s_own(string given, string expected) =>
        Assert.Equal(expected, new NpgsqlConnectionStringBuilder(
            ConnectionSettings.ForRequests($"Host=h;Options={given}", 7, TimeSpan.FromSeconds(13))).Options);

    [Theory]
    [InlineData("statement, by PostgreSQL", 13)]
    [InlineData("statement, by Npgsql", 14)]
    [InlineData("connect", 5)]
    [InlineData("cancel", 2)]
    [InlineData("permit to connect", 5)]
    public void Every_time_limit_in_the_database_is_below_the_request_s_deadline(string limit, int seconds)
    {
        var options = new DatabaseOptions();
        var settings = new NpgsqlConnectionStringBuilder(ConnectionSettings.ForRequests("Host=h", 7, options.StatementTime));
        var actual = limit switch
        {
            "statement, by PostgreSQL" => TimeSpan.FromMilliseconds(int.Parse(settings.Options!.Split('=')[1], CultureInfo.InvariantCulture)),
            "statement, by Npgsql" => TimeSpan.FromSeconds(settings.CommandTimeout),
            "connect" => TimeSpan.FromSeconds(settings.Timeout),
            "cancel" => TimeSpan.FromMilliseconds(settings.CancellationTimeout),
            _ => options.ConnectionWait,
        };
        Assert.Equal(TimeSpan.FromSeconds(seconds), actual);
        Assert.True(actual < new AdmissionOptions().Deadline);
    }

    [Theory]
    [InlineData(297, 256)]
    [InlineData(97, 87)]
    [InlineData(5, 1)]
    public void Connections_are_what_the_database_allows_less_ten_at_most_256(int allowed, int expected) =>
        Assert.Equal(expected, ConnectionLimit.Default(allowed));
}
