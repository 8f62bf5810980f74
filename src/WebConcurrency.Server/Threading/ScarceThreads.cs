namespace WebConcurrency.Server.Threading;

/// <summary>
/// Where the system gives few threads: says so at the start, and ends the thread pool's growth where it would take what others were promised. Elsewhere
/// the pool is left as it is.
/// </summary>
internal sealed partial class ScarceThreads(ThreadBudget budget, ILogger<ScarceThreads> logger) : IHostedService
{
    /// <summary>Threads of the pool beside those that requests block: a part of the budget's reserve.</summary>
    private static readonly int Unblocked = 8 + Environment.ProcessorCount;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (budget.IsTight)
        {
            ThreadPool.GetMaxThreads(out _, out var completionThreads);
            ThreadPool.SetMaxThreads(budget.ThreadPool + Unblocked, completionThreads);
            Scarce(logger, budget.Each, budget.Shared.Permits, budget.Pool, budget.ThreadPool);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(
        2010,
        LogLevel.Warning,
        "The system gives few threads: requests at once are at most {Each} under thread and under gil and {Shared} under both and their workers, {Pool} under pool, {ThreadPool} under threadpool")]
    private static partial void Scarce(ILogger logger, int each, int shared, int pool, int threadPool);
}
