using Microsoft.Extensions.Options;
using WebConcurrency.Server.Admission;

namespace WebConcurrency.Server;

/// <summary>What the composition needs of the host and the framework has no word for.</summary>
internal static class Hosting
{
    private static readonly string[] AddressSettings = ["urls", "http_ports", "https_ports"];

    /// <summary>Listens on <c>http://localhost:8080</c> unless told otherwise.</summary>
    public static void UseLocalhostByDefault(this WebApplicationBuilder builder)
    {
        if (AddressSettings.All(name => string.IsNullOrEmpty(builder.Configuration[name])) && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.WebHost.UseUrls("http://localhost:8080");
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // Kestrel answers a longer line by itself, without a body; up to here a huge value is answered by whoever knows its bounds.
            kestrel.Limits.MaxRequestLineSize = 64 * 1024;
            kestrel.Limits.MaxRequestBufferSize = 1024 * 1024;
        });
    }

    /// <summary>The drain is part of the host's time to stop; behind it whoever neither reads nor sends on has another second until Kestrel breaks off.</summary>
    public static IServiceCollection AddStopTime(this IServiceCollection services)
    {
        services.AddOptions<HostOptions>().Configure<IOptions<AdmissionOptions>>((host, admission) =>
        {
            var (notice, drain) = (admission.Value.Notice, admission.Value.DrainTime);
            host.ShutdownTimeout = (notice > drain ? notice : drain) + TimeSpan.FromSeconds(1);
        });
        return services;
    }

    /// <summary>Adds a service that others use and the host starts and stops.</summary>
    public static void AddHostedSingleton<TService>(this IServiceCollection services)
        where TService : class, IHostedService
    {
        services.AddSingleton<TService>();
        services.AddHostedService(provider => provider.GetRequiredService<TService>());
    }
}
