using System.Globalization;
using Npgsql;
using WebConcurrency.Server.Threading;

namespace WebConcurrency.Server.Database;

/// <summary>What every connection has in common. A setting in the user's own connection string is left as it is; a pool size bounds the gate as well.</summary>
internal static class ConnectionSettings
{
    /// <summary>How many connections the user's own string allows; <see langword="null"/> when it does not say.</summary>
    public static int? Limit(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        return builder.ShouldSerialize("Maximum Pool Size") ? builder.MaxPoolSize : null;
    }

    /// <summary>For requests: as many pooled connections as the gate has permits, so that the pool itself never makes anybody wait.</summary>
    public static string ForRequests(string connectionString, int connections, TimeSpan statementTime)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = connections };
        Default(builder, "Application Name", "WebConcurrency");

        // The statements are few and fixed: prepared at their second use, they need no parsing and planning and one round trip.
        Default(builder, "Max Auto Prepare", 64);
        Default(builder, "Auto Prepare Min Usages", 2);

        // Safe because no statement of this server leaves anything behind in a session: no SET, no temporary table, no advisory lock, no LISTEN.
        Default(builder, "No Reset On Close", true);

        // All of them below a request's deadline: whoever is to be told of one is still there. To connect, in seconds; to cancel, in milliseconds.
        Default(builder, "Timeout", 5);
        Default(builder, "Cancellation Timeout", 2_000);
        builder.Options = WithStatementTime(builder.Options, statementTime);

        // Only if the database does not keep its own time. In whole seconds.
        Default(builder, "Command Timeout", (int)Math.Ceiling(statementTime.TotalSeconds) + 1);
        return builder.ConnectionString;
    }

    /// <summary>For looking: two connections that no request can take, so that health still answers when every permit is in use.</summary>
    public static string ForObserving(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = 2, MinPoolSize = 0 };
        Default(builder, "Application Name", "WebConcurrency (observing)");
        Default(builder, "Timeout", 2);
        Default(builder, "Command Timeout", 2);
        return builder.ConnectionString;
    }

    /// <summary>For cancelling what others run: one for each thread that does. They close soon when there is nothing to cancel.</summary>
    public static string ForCancelling(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { MaxPoolSize = ThreadBudget.Cancelling, MinPoolSize = 0 };
        Default(builder, "Application Name", "WebConcurrency (cancelling)");
        Default(builder, "Timeout", 2);
        Default(builder, "Command Timeout", 2);
        Default(builder, "Connection Idle Lifetime", 5);
        Default(builder, "Connection Pruning Interval", 5);
        return builder.ConnectionString;
    }

    /// <summary>Behind the user's own options, unless one of them is this.</summary>
    private static string WithStatementTime(string? options, TimeSpan time)
    {
        if (options?.Contains("statement_timeout", StringComparison.OrdinalIgnoreCase) == true)
        {
            return options;
        }

        var own = string.Create(CultureInfo.InvariantCulture, $"-c statement_timeout={time.TotalMilliseconds:0}");
        return string.IsNullOrWhiteSpace(options) ? own : $"{options} {own}";
    }

    private static void Default(NpgsqlConnectionStringBuilder builder, string keyword, object value)
    {
        // ContainsKey is true of every keyword that Npgsql knows; this one asks whether the string has it.
        if (!builder.ShouldSerialize(keyword))
        {
            builder[keyword] = value;
        }
    }
}
