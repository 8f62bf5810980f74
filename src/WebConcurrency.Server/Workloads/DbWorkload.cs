using WebConcurrency.Server.Waiting;

namespace WebConcurrency.Server.Workloads;

/// <summary>One row by primary key.</summary>
internal sealed class DbWorkload : IWorkload
{
    public string Name => "db";

    public string Summary => "One row by primary key.";

    public IReadOnlyList<Parameter> Parameters => [];

    public async ValueTask<object> RunAsync(IReadOnlyList<int> arguments, IWaiting waiting, CancellationToken cancellationToken) =>
        await waiting.UseAsync(World.ReadAnyAsync, cancellationToken);
}
