using WebConcurrency.Recording;
using WebConcurrency.Server.Threading;
using WebConcurrency.Server.Waiting;

namespace WebConcurrency.Server.Workloads;

/// <summary>Starts worker threads inside the request, each of which waits for PostgreSQL, and joins them: together they take the longest, not the sum.</summary>
internal sealed class ThreadsWorkload(ThreadBudget budget, TimeProvider time) : IWorkload
{
    private readonly int _most = Math.Min(64, budget.Workers);

    public string Name => "threads";

    public string Summary => "Starts worker threads inside the request, each of which waits for PostgreSQL, and joins them.";

    /// <summary>More than there will ever be is a fault of the request; as many as are not free just now is not.</summary>
    public IReadOnlyList<Parameter> Parameters => [new("count", Math.Min(5, _most), 1, _most), new("ms", 100, 0, 10_000)];

    public async ValueTask<object> RunAsync(IReadOnlyList<int> arguments, IWaiting waiting, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var workers = await waiting.JoinAsync(arguments[0], (number, own) =>
        {
            var start = Elapsed();
            var wait = PostgresSleep.RunAsync(arguments[1], own, cancellationToken);
            BlockingBody.Result(wait);
            var thread = ThreadIdentity.Current;
            return new Worker(number + 1, thread.Managed, thread.Os, start, Elapsed());
        }, cancellationToken);
        return new { workers, took_ms = Elapsed() };

        double Elapsed() => Math.Round(time.GetElapsedTime(started).TotalMilliseconds, 3);
    }

    private sealed record Worker(int Number, int Managed, int? Os, double StartMs, double EndMs);
}
