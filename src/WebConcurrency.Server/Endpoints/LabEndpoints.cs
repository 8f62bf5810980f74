using Microsoft.Extensions.Options;
using WebConcurrency.Server.Lab;
using WebConcurrency.Server.Strategies;
using WebConcurrency.Server.Waiting;
using WebConcurrency.Server.Workloads;

namespace WebConcurrency.Server.Endpoints;

/// <summary>Known truths for whoever calibrates the recorder: each is done on a thread of its own, is recorded as any request, and answers with what it was.</summary>
internal sealed partial class LabEndpoints(
    StrategyRoutes routes, Computing computing, ProcessAccount process, IOptions<LabOptions> options, ILogger<LabEndpoints> logger)
{
    private static readonly ThreadStrategy Thread = new();

    // Below a request's 15 s, so that its thread is free again by then.
    private readonly HeldLock _lock = new(patience: TimeSpan.FromSeconds(10));
    private readonly ForcedCollection _collection = new();

    public void Map(IEndpointRouteBuilder endpoints)
    {
        if (!options.Value.Enabled)
        {
            return;
        }

        Open(logger);
        Add("cpu", "Computes until its thread's own CPU clock says so.", [new("ms", 100, 0, 10_000)], Compute);
        Add("lock", "Takes a lock that all of these share, and keeps it.", [new("ms", 100, 0, 5_000)], (arguments, _, token) => _lock.Keep(arguments[0], token));
        Add("gc", "Allocates a known amount and forces a garbage collection.", [], (_, _, _) => _collection.Collect());
        Add(
            "starve",
            "Blocks threads of the thread pool.",
            [new("threads", 64, 1, 256), new("ms", 1_000, 0, 5_000)],
            (arguments, _, token) => StarvedPool.Starve(arguments[0], arguments[1], token));
        endpoints.MapGet("/lab/process", () => TypedResults.Json(process.Read(), AnswerJson.Options)).OnlyObserves();

        void Add(string name, string summary, Parameter[] parameters, Func<int[], IWaiting, CancellationToken, object> truth) => routes.MapUnder(
            Thread,
            endpoints,
            HttpMethods.Get,
            $"lab/{name}",
            (context, _) => ValueTask.FromResult(QueryParameters.Read(context.Request.Query, parameters)),
            (arguments, waiting, token) => ValueTask.FromResult(truth(arguments, waiting, token)),
            static (_, result) => result,
            new WorkDescription($"lab-{name}", summary, parameters));
    }

    private object Compute(int[] arguments, IWaiting waiting, CancellationToken cancellationToken)
    {
        var watch = ThreadStopwatch.Start();
        for (var left = (double)arguments[0]; left > 0; left = arguments[0] - (watch.CpuMs ?? arguments[0]))
        {
            // Not all of it at once: a server that was busy when it started holds its rounds for slower than they are.
            computing.Compute(watch.CpuMs is null ? left : Math.Min(left, 1), waiting, cancellationToken);
        }

        return new { ms = arguments[0], computed = watch.Stop() };
    }

    [LoggerMessage(2300, LogLevel.Warning, "/lab/… is open (Lab:Enabled): whoever reaches this server can stop its threads for seconds")]
    private static partial void Open(ILogger logger);
}
