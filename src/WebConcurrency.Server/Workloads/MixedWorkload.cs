using WebConcurrency.Server.Waiting;

namespace WebConcurrency.Server.Workloads;

/// <summary>Half the computing, a query that waits, the other half.</summary>
internal sealed class MixedWorkload(Computing computing) : IWorkload
{
    public string Name => "mixed";

    public string Summary => "Half the computing, the query, the other half.";

    public IReadOnlyList<Parameter> Parameters { get; } = [new("io", 80, 0, 10_000), new("cpu", 20, 0, 10_000)];

    public async ValueTask<object> RunAsync(IReadOnlyList<int> arguments, IWaiting waiting, CancellationToken cancellationToken)
    {
        var half = arguments[1] / 2.0;
        var rounds = computing.Compute(half, waiting, cancellationToken);
        await PostgresSleep.RunAsync(arguments[0], waiting, cancellationToken);
        rounds += computing.Compute(half, waiting, cancellationToken);
        return new { io = arguments[0], cpu = arguments[1], rounds };
    }
}
