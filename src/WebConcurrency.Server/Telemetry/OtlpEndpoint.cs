using WebConcurrency.Server.Database;

namespace WebConcurrency.Server.Telemetry;

/// <summary>Where traces and metrics are sent, by OpenTelemetry's own variables. Its SDK takes what it cannot read for the default, silently.</summary>
internal static class OtlpEndpoint
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";

    /// <returns>Whether a receiver is named; without one nothing is traced and nothing is sent.</returns>
    /// <exception cref="StartException">A variable cannot be used.</exception>
    public static bool IsSet(IConfiguration configuration)
    {
        if (configuration[Endpoint] is not { Length: > 0 } endpoint)
        {
            return false;
        }

        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new StartException($"{Endpoint} is '{endpoint}'; it must be a URL with http or https, such as http://localhost:4317.");
        }

        if (configuration[Protocol] is { Length: > 0 } protocol && protocol is not ("grpc" or "http/protobuf"))
        {
            throw new StartException($"{Protocol} is '{protocol}'; it must be grpc (the default) or http/protobuf.");
        }

        return true;
    }
}
