using WebConcurrency.Server.Waiting;

namespace WebConcurrency.Server.Workloads;

/// <summary>One query that keeps PostgreSQL waiting.</summary>
internal sealed class IoWorkload : IWorkload
{
    public string Name => "io";

    public string Summary => "One query that keeps PostgreSQL waiting.";

    public IReadOnlyList<Parameter> Parameters { get; } = [new("ms", 100, 0, 10_000)];

    public async ValueTask<object> RunAsync(IReadOnlyList<int> arguments, IWaiting waiting, CancellationToken cancellationToken)
    {
        await PostgresSleep.RunAsync(arguments[0], waiting, cancellationToken);
        return new { ms = arguments[0] };
    }
}
