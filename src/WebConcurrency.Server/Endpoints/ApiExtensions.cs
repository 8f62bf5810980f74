using Scalar.AspNetCore;

namespace WebConcurrency.Server.Endpoints;

/// <summary>The description of all that is answered, and a page to try it from.</summary>
internal static class ApiExtensions
{
    public static void AddApiDescription(this IServiceCollection services) =>
        services.AddOpenApi(options => options.AddDocumentTransformer<ApiDocument>());

    /// <summary>Maps <c>/openapi/v1.json</c> and, in Development, <c>/scalar</c>.</summary>
    public static void MapApiDescription(this WebApplication app)
    {
        app.MapOpenApi().OnlyObserves();
        if (app.Environment.IsDevelopment())
        {
            // Its script is in the package; its fonts would come from elsewhere.
            app.MapScalarApiReference(page => page.WithTitle("WebConcurrency").DisableDefaultFonts()).OnlyObserves();
        }
    }
}
