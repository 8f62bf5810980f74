using Microsoft.Extensions.Options;
using WebConcurrency.Server.Strategies;
using WebConcurrency.Server.Waiting;
using WebConcurrency.Server.Workloads;

namespace WebConcurrency.Server;

/// <summary>
/// Runs every workload once under every strategy before the server listens, unrecorded. Without it the first figures that a person sees are those
/// of the compiler and of opening connections.
/// </summary>
internal sealed partial class WarmUp(
    IEnumerable<IStrategy> strategies, IEnumerable<IWorkload> workloads, StrategyRunner runner, WaitingStyles waiting, IOptions<StrategyOptions> options,
    ILogger<WarmUp> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var strategy in strategies.Where(strategy => !options.Value.Off.Contains(strategy.Name)))
        {
            var style = waiting.For(strategy.Style);
            foreach (var workload in workloads)
            {
                var least = workload.Parameters.Select(parameter => parameter.Least).ToArray();
                try
                {
                    await runner.RunAsync(
                        strategy, token => style.RunAsync(() => workload.RunAsync(least, style, token), token), cancellationToken);
                }
                catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
                {
                    // The first requests will be slow, or will fail for the same reason and say so.
                    Failed(logger, workload.Name, strategy.Name, exception);
                }
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(2101, LogLevel.Warning, "Warming up {Workload:l} under {Strategy:l} failed")]
    private static partial void Failed(ILogger logger, string workload, string strategy, Exception exception);
}
