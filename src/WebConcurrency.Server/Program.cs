using Microsoft.Extensions.Options;
using WebConcurrency;
using WebConcurrency.Recording;
using WebConcurrency.Server;
using WebConcurrency.Server.Admission;
using WebConcurrency.Server.Database;
using WebConcurrency.Server.Endpoints;
using WebConcurrency.Server.Logging;
using WebConcurrency.Server.Strategies;
using WebConcurrency.Server.Telemetry;
using WebConcurrency.Server.Threading;
using WebConcurrency.Server.Waiting;
using WebConcurrency.Server.Workloads;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.UseLocalhostByDefault();
builder.AddServerLog();

var services = builder.Services;
services.ConfigureOptions<FirePanel>().AddRequestConcurrency(options =>
{
    options.WorkIsDeclared = true;
    options.ReportedWaits.UnionWith([WaitKind.Queue, WaitKind.Connection, WaitKind.Database, WaitKind.Gil]);
});
services.AddValidated<DatabaseOptions>(DatabaseOptions.Section);
services.AddHostedSingleton<DatabaseHost>();
services.AddValidated<GilOptions>(GilOptions.Section);
services.AddSingleton<GlobalLock>();
services.AddSingleton<WorkerThreads>().AddSingleton<CancellationThreads>();
services.AddSingleton<WaitingStyles>();

services.AddValidated<AdmissionOptions>(AdmissionOptions.Section);
services.AddThreadBudget();
services.AddSingleton<StrategyAdmission>();
services.AddDrain();
services.AddValidated<StrategyOptions>(StrategyOptions.Section);
services.AddSingleton<IStrategy, ThreadStrategy>();
services.AddSingleton<IStrategy, PoolStrategy>();
services.AddSingleton<IStrategy, SerialStrategy>();
services.AddSingleton<IStrategy, AsyncStrategy>();
services.AddSingleton<IStrategy, ThreadPoolStrategy>();
services.AddSingleton<IStrategy, GilStrategy>();
services.AddSingleton<StrategyRunner>();

services.AddHostedSingleton<Computing>();
services.AddSingleton<IWorkload, IoWorkload>();
services.AddSingleton<IWorkload, CpuWorkload>();
services.AddSingleton<IWorkload, MixedWorkload>();
services.AddSingleton<IWorkload, DbWorkload>();
services.AddSingleton<IWorkload, ThreadsWorkload>();
services.AddSingleton<IWorkload, QueriesWorkload>();
services.AddHostedService<WarmUp>();

services.AddEndpoints();

try
{
    builder.AddTelemetry();
    var app = builder.Build();
    app.UseRequestConcurrency();
    app.UseErrors();
    app.MapEndpoints();
    app.MapRequestConcurrency();
    app.MapTelemetry();
    await app.RunAsync();
    return 0;
}
catch (OperationCanceledException)
{
    // Stopped while it was starting: as asked.
    return 0;
}
catch (Exception exception) when (StartException.Explains(exception))
{
    await Console.Error.WriteLineAsync($"The server did not start. {exception.Message}");
    return 1;
}
