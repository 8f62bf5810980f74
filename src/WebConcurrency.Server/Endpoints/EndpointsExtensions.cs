namespace WebConcurrency.Server.Endpoints;

/// <summary>All that is answered over HTTP by the server itself.</summary>
internal static class EndpointsExtensions
{
    public static void AddEndpoints(this IServiceCollection services)
    {
        services.AddSingleton<StrategyRoutes>();
        services.AddSingleton<WorkEndpoints>();
        services.AddSingleton<OrderEndpoints>();
        services.AddSingleton<HealthEndpoints>();
        services.AddErrors();
        services.AddApiDescription();
    }

    public static void MapEndpoints(this WebApplication app)
    {
        app.Services.GetRequiredService<WorkEndpoints>().Map(app);
        app.Services.GetRequiredService<OrderEndpoints>().Map(app);
        app.Services.GetRequiredService<HealthEndpoints>().Map(app);
        app.MapApiDescription();
    }
}
