using WebConcurrency.Server.Waiting;
using WebConcurrency.Server.Workloads;

namespace WebConcurrency.Server.Tests.Running;

/// <summary>As <c>io</c>, a query that keeps PostgreSQL waiting, but for as long as the test holds <see cref="TestPostgres.LockAsync"/>: no clock decides what comes first.</summary>
internal sealed class LockedWorkload : IWorkload
{
    public const long Key = 20_240;

    /// <summary>How PostgreSQL names the wait.</summary>
    public const string WaitEvent = "wait_event = 'advisory'";

    public string Name => "locked";

    public IReadOnlyList<Parameter> Parameters => [];

    public async ValueTask<object> RunAsync(IReadOnlyList<int> arguments, IWaiting waiting, CancellationToken cancellationToken)
    {
        await waiting.ExecuteAsync("select pg_advisory_xact_lock_shared($1)", Key, cancellationToken);
        return new { };
    }
}
