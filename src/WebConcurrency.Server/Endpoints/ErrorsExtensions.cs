using Microsoft.AspNetCore.Diagnostics;

namespace WebConcurrency.Server.Endpoints;

/// <summary>Puts <see cref="Errors"/> around everything that can fail.</summary>
internal static class ErrorsExtensions
{
    public static void AddErrors(this IServiceCollection services)
    {
        services.AddProblemDetails();
        services.AddSingleton<Errors>();
        services.AddSingleton<IExceptionHandler>(provider => provider.GetRequiredService<Errors>());
    }

    public static void UseErrors(this WebApplication app)
    {
        var errors = app.Services.GetRequiredService<Errors>();
        app.UseExceptionHandler();
        app.UseStatusCodePages(context => errors.DescribeStatusAsync(context.HttpContext));
    }
}
