using System.Globalization;
using System.Text.Json;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Proving.Claims;

/// <summary>One request starts five worker threads, each of which waits, and joins them.</summary>
internal sealed class JoinedThreads : IClaim
{
    private const int Count = 5;
    private const int Ms = 200;

    private static readonly Prediction Ran = new("worker threads that ran, each with a number of its own from the system", Count, Count);
    private static readonly Prediction Together = new("all of them, in times of the longest", 0.99, 1.5);
    private static readonly Prediction InTurn = Together with { What = "the same waits under serial, one request each", IsCounterExample = true };

    public string Name => "join";

    public string Sentence => "Five worker threads are started and joined: all run, and together they take as long as the longest";

    public IReadOnlyList<Prediction> Predictions { get; } = [Ran, Together, InTurn];

    public async Task<IReadOnlyList<Reading>> TakeAsync(Bench bench, CancellationToken cancellationToken)
    {
        var joined = (await bench.Client.AskAsync($"thread/threads?count={Count}&ms={Ms}", cancellationToken)).Result;
        var workers = JsonFields.List(joined, "workers", "answer to /thread/threads");
        if (workers.Count == 0)
        {
            throw new ServerException($"The server at {bench.Client.Address} started no worker threads for /thread/threads.");
        }

        var longest = workers.Max(worker => Number(worker, "end_ms") - Number(worker, "start_ms"));
        var threads = workers.Select(worker => worker.TryGetProperty("os", out var os) ? os.GetRawText() : Number(worker, "managed").ToString(CultureInfo.InvariantCulture)).Distinct().Count();

        var started = await Task.WhenAll(Enumerable.Repeat($"serial/io?ms={Ms}", Count).Select(path => bench.Client.AskAsync(path, cancellationToken)));
        var took = Reply.MillisecondsBetween(started.Min(reply => reply.Started), started.Max(reply => reply.Ended));
        var wait = 0.0;
        foreach (var reply in started)
        {
            wait = Math.Max(wait, (await bench.Client.RecordAsync(reply, cancellationToken)).Needed("db_ms"));
        }

        return [new(Ran, threads), new(Together, Number(joined, "took_ms") / longest), new(InTurn, took / wait)];
    }

    private static double Number(JsonElement of, string name) => JsonFields.Number(of, name, "worker thread's account");
}
