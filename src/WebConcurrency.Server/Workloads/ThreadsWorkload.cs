using WebConcurrency.Recording;
using WebConcurrency.Server.Waiting;

namespace WebConcurrency.Server.Workloads;

/// <summary>Starts worker threads inside the request, each of which waits for PostgreSQL, and joins them: together they take the longest, not the sum.</summary>
internal sealed class ThreadsWorkload(TimeProvider time) : IWorkload
{
    public string Name => "threads";

    public string Summary => "Starts worker threads inside the request, each of which waits for PostgreSQL, and joins them.";

    public IReadOnlyList<Parameter> Parameters { get; } = [new("count", 5, 1, 64), new("ms", 100, 0, 10_000)];

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
