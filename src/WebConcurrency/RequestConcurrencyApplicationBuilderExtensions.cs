using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using WebConcurrency.Ledger;
using WebConcurrency.Outputs;

namespace WebConcurrency;

/// <summary>Puts the recorder into an application's pipeline.</summary>
public static class RequestConcurrencyApplicationBuilderExtensions
{
    /// <summary>Records every request that passes, save those that only observe. Put it first: a request's wall time begins here.</summary>
    /// <param name="app">The application.</param>
    /// <returns>The same application.</returns>
    /// <exception cref="InvalidOperationException"><c>AddRequestConcurrency</c> was not called.</exception>
    public static IApplicationBuilder UseRequestConcurrency(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var ledger = app.ApplicationServices.GetService<RequestLedger>()
            ?? throw new InvalidOperationException("UseRequestConcurrency needs services.AddRequestConcurrency() first.");
        ledger.AddOutput(app.ApplicationServices.GetRequiredService<RequestLog>());
        ledger.AddOutput(app.ApplicationServices.GetRequiredService<RecordMetrics>());
        ledger.Spans = app.ApplicationServices.GetRequiredService<SpanColumns>();
        return app.UseMiddleware<RequestConcurrencyMiddleware>();
    }
}
