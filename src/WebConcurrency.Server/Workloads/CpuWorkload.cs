using WebConcurrency.Server.Waiting;

namespace WebConcurrency.Server.Workloads;

/// <summary>A fixed amount of computing.</summary>
internal sealed class CpuWorkload(Computing computing) : IWorkload
{
    public string Name => "cpu";

    public string Summary => "A fixed amount of computing, calibrated at start to take so long on an idle core.";

    public IReadOnlyList<Parameter> Parameters { get; } = [new("ms", 20, 0, 10_000)];

    public ValueTask<object> RunAsync(IReadOnlyList<int> arguments, IWaiting waiting, CancellationToken cancellationToken)
    {
        var rounds = computing.Compute(arguments[0], waiting, cancellationToken);
        return ValueTask.FromResult<object>(new { ms = arguments[0], rounds });
    }
}
