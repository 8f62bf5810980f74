using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace WebConcurrency.Server.Telemetry;

/// <summary>Brings the figures to the tools that people already use.</summary>
internal static class TelemetryExtensions
{
    /// <summary>Metrics for Prometheus; and traces and metrics over OTLP where <see cref="OtlpEndpoint"/> names a receiver.</summary>
    /// <exception cref="Database.StartException">A variable of OpenTelemetry cannot be used.</exception>
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var exports = OtlpEndpoint.IsSet(builder.Configuration);
        builder.Services.AddSingleton<ServerMetrics>();
        var telemetry = builder.Services.AddOpenTelemetry()

            // The environment comes last: OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win.
            .ConfigureResource(resource => resource.Clear().AddService("webconcurrency").AddTelemetrySdk().AddEnvironmentVariableDetector())
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(RequestConcurrency.MeterName, ServerMetrics.MeterName, "Microsoft.AspNetCore.Hosting").AddPrometheusExporter();
                if (exports)
                {
                    metrics.AddOtlpExporter();
                }
            });
        if (exports)
        {
            telemetry.WithTracing(AddSpans);
        }
    }

    /// <summary>Maps <c>/metrics</c>, for Prometheus to scrape.</summary>
    public static void MapTelemetry(this WebApplication app) => app.MapPrometheusScrapingEndpoint("/metrics").OnlyObserves();

    private static void AddSpans(TracerProviderBuilder tracing)
    {
        tracing.AddSource("Npgsql").AddAspNetCoreInstrumentation();
        tracing.ConfigureServices(services => services.AddOptions<OpenTelemetry.Instrumentation.AspNetCore.AspNetCoreTraceInstrumentationOptions>()
            .Configure<RequestConcurrencyOptions>((spans, options) =>
                spans.Filter = context => !options.ObservingPaths.Any(path => context.Request.Path.StartsWithSegments(path))));
        tracing.AddProcessor(new ClientThreads());
        tracing.AddProcessor(services => new RecordedSpans(
            new OtlpTraceExporter(services.GetRequiredService<IOptionsMonitor<OtlpExporterOptions>>().CurrentValue),
            services.GetRequiredService<IOptionsMonitor<BatchExportActivityProcessorOptions>>().CurrentValue,
            services.GetRequiredService<TimeProvider>()));
    }
}
