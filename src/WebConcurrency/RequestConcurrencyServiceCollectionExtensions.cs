using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using WebConcurrency.Evidence;
using WebConcurrency.Ledger;
using WebConcurrency.Outputs;
using WebConcurrency.Outputs.Events;
using WebConcurrency.Outputs.Trace;
using WebConcurrency.Recording;

namespace WebConcurrency;

/// <summary>Adds the recorder to an application's services.</summary>
public static class RequestConcurrencyServiceCollectionExtensions
{
    /// <summary>Adds what <c>UseRequestConcurrency</c> and <c>MapRequestConcurrency</c> need. Calling it again only adds to the settings.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Settings, applied after those of the configuration section <see cref="RequestConcurrencyOptions.Section"/>.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="OptionsValidationException">At the application's start: a setting is out of its range.</exception>
    public static IServiceCollection AddRequestConcurrency(
        this IServiceCollection services, Action<RequestConcurrencyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);

        var options = services.AddOptions<RequestConcurrencyOptions>()
            .BindConfiguration(RequestConcurrencyOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RequestConcurrencyOptions>, ProxyNetworks>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<RequestConcurrencyOptions>>().Value);
        services.TryAddSingleton(RuntimeEvents.Shared);
        services.TryAddSingleton(provider => new RequestLedger(
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<RequestConcurrencyOptions>(),
            provider.GetRequiredService<RuntimeEvents>(),
            ThreadMeter.Create()));
        services.TryAddSingleton<ObservingRequests>();
        services.TryAddSingleton<ArrivalTimes>();
        services.TryAddSingleton(provider => new ClientSpans(provider.GetRequiredService<RequestConcurrencyOptions>().DatabaseSources));
        services.TryAddSingleton<MomentLog>();
        services.TryAddSingleton<RequestLog>();
        services.AddMetrics();
        services.TryAddSingleton<RecordMetrics>();
        services.TryAddSingleton<SpanColumns>();
        services.TryAddSingleton<Timebase>();
        services.TryAddSingleton<EventFormat>();
        services.TryAddSingleton<EventStream>();
        services.TryAddSingleton<EventMetrics>();
        services.TryAddSingleton<EventsEndpoint>();
        services.TryAddSingleton<TraceEndpoint>();
        services.TryAddSingleton<ThreadPoolLog>();
        services.TryAddSingleton(provider => new ThreadPoolProbe(provider.GetRequiredService<TimeProvider>())
        {
            Looked = provider.GetRequiredService<ThreadPoolLog>().Write,
        });
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, LedgerSettler>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ThreadPoolProbe>(
            provider => provider.GetRequiredService<ThreadPoolProbe>()));
        return services;
    }
}
