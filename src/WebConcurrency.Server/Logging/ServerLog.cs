using System.Globalization;
using Microsoft.Extensions.Options;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace WebConcurrency.Server.Logging;

/// <summary>Puts Serilog behind <see cref="Microsoft.Extensions.Logging.ILogger"/>, with a console that can never hold up a request.</summary>
internal static class ServerLog
{
    public static void AddServerLog(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidated<LogOptions>(LogOptions.Section);
        builder.Services.AddSingleton<LogDrops>();
        builder.Services.AddSerilog((services, log) => log
            .ReadFrom.Configuration(builder.Configuration)

            // Its only use here would be a scope with the raw path around every line.
            .MinimumLevel.Override("Microsoft.AspNetCore.Hosting.Diagnostics", LevelAlias.Off)

            // Says with a stack trace what Program says in words.
            .MinimumLevel.Override("Microsoft.Extensions.Hosting.Internal.Host", LogEventLevel.Fatal)
            .WriteTo.Sink(new BoundedCloseSink(Console(
                services.GetRequiredService<IOptions<LogOptions>>().Value, services.GetRequiredService<LogDrops>()))));
    }

    private static Logger Console(LogOptions options, LogDrops drops)
    {
        var text = options.Format == "text" || (options.Format == "auto" && !System.Console.IsOutputRedirected);
        var logger = new LoggerConfiguration()
            .MinimumLevel.Verbose()
            .WriteTo.Async(
                sinks =>
                {
                    _ = text
                        ? sinks.Console(
                            outputTemplate: "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}", formatProvider: CultureInfo.InvariantCulture)
                        : sinks.Console(new RenderedCompactJsonFormatter());
                },
                drops,
                options.Buffer,
                blockWhenFull: false)
            .CreateLogger();
        drops.ReportTo(logger);
        return logger;
    }
}
