using System.Collections.Immutable;
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
    IEnumerable<IStrategy> strategies, IEnumerable<IWorkload> workloads, StrategyRunner runner, WaitingStyles styles, IOptions<StrategyOptions> options,
    ILogger<WarmUp> logger) : IHostedService
{
    /// <summary>Of a customer that there is not: refused at the last step before anything is written, which uses up no order's number either.</summary>
    private static readonly NewOrder RefusedOrder = new(int.MaxValue, [new NewOrderLine(1, 1)]);

    /// <summary>No client can send it: it has a space.</summary>
    private static readonly IdempotencyKey OwnKey = new("warm up", "");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var strategy in strategies.Where(strategy => !options.Value.Off.Contains(strategy.Name)))
        {
            foreach (var workload in workloads)
            {
                var least = workload.Parameters.Select(parameter => parameter.Least).ToImmutableArray();
                await RunAsync(strategy, workload.Name, (waiting, token) => workload.RunAsync(least, waiting, token), cancellationToken);
            }

            await RunAsync(strategy, "orders", static (waiting, token) => OrderLookup.RunAsync(1, waiting, token), cancellationToken);
            await RunAsync(strategy, "orders", static (waiting, token) => OrderPlacement.RunAsync(RefusedOrder, OwnKey, waiting, token), cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task RunAsync<T>(
        IStrategy strategy, string workload, Func<IWaiting, CancellationToken, ValueTask<T>> body, CancellationToken cancellationToken)
    {
        var waiting = styles.For(strategy.Style);
        try
        {
            await runner.RunAsync(strategy, token => waiting.RunAsync(() => body(waiting, token), token), cancellationToken);
        }
        catch (Exception exception) when (exception is BadOrderException or UnknownOrderException)
        {
            // As meant; or this database's shop has other orders and products than ours.
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The first requests will be slow, or will fail for the same reason and say so.
            Failed(logger, workload, strategy.Name, exception);
        }
    }

    [LoggerMessage(2101, LogLevel.Warning, "Warming up {Workload:l} under {Strategy:l} failed")]
    private static partial void Failed(ILogger logger, string workload, string strategy, Exception exception);
}
