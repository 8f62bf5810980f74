using WebConcurrency.Server.Waiting;

namespace WebConcurrency.Server.Workloads;

/// <summary>The wait that is shown: PostgreSQL is busy for a known time, and the request is not.</summary>
internal static class PostgresSleep
{
    public static ValueTask<int> RunAsync(int milliseconds, IWaiting waiting, CancellationToken cancellationToken) =>
        waiting.ExecuteAsync("select pg_sleep($1)", milliseconds / 1000.0, cancellationToken);
}
