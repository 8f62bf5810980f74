using Microsoft.Extensions.Options;
using WebConcurrency.Server.Admission;
using WebConcurrency.Server.Database;
using WebConcurrency.Server.Threading;

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

    /// <summary>Ends the server in order, and then at once: a connection on which nothing is under way has nothing to wait for.</summary>
    public static void AddDrain(this IServiceCollection services)
    {
        services.AddHostedSingleton<Drain>();
        services.AddOptions<HostOptions>().Configure<IOptions<AdmissionOptions>>(
            static (host, admission) => host.ShutdownTimeout = admission.Value.DrainTime + TimeSpan.FromSeconds(1));
    }

    /// <summary>Shares out what the system gives in threads now.</summary>
    public static void AddThreadBudget(this IServiceCollection services)
    {
        services.AddSingleton(provider => new ThreadBudget(
            ThreadLimit.Left("/"),
            DatabaseHost.KeepsCluster(provider.GetRequiredService<IConfiguration>()),
            provider.GetRequiredService<IOptions<AdmissionOptions>>().Value.Threads));
        services.AddHostedService<ScarceThreads>();
    }

    /// <summary>Adds a service that others use and the host starts and stops.</summary>
    public static void AddHostedSingleton<TService>(this IServiceCollection services)
        where TService : class, IHostedService
    {
        services.AddSingleton<TService>();
        services.AddHostedService(provider => provider.GetRequiredService<TService>());
    }
}
