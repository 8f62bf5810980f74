using OpenTelemetry.Metrics;

namespace WebConcurrency.Server.Telemetry;

/// <summary>Brings the figures to the tools that people already use.</summary>
internal static class TelemetryExtensions
{
    /// <summary>Metrics for Prometheus.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ServerMetrics>();
        var telemetry = builder.Services.AddOpenTelemetry();
        telemetry.WithMetrics(metrics => metrics
            .AddMeter(RequestConcurrency.MeterName, ServerMetrics.MeterName, "Microsoft.AspNetCore.Hosting")
            .AddPrometheusExporter());
    }

    /// <summary>Maps <c>/metrics</c>, for Prometheus to scrape.</summary>
    public static void MapTelemetry(this WebApplication app) => app.MapPrometheusScrapingEndpoint("/metrics").OnlyObserves();
}
