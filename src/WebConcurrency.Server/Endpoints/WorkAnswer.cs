using System.Text.Json.Serialization;
using WebConcurrency.Recording;

namespace WebConcurrency.Server.Endpoints;

/// <summary>A good answer: who did it, on which threads, and where the time went as far as it is known when the answer is written.</summary>
internal sealed record WorkAnswer
{
    /// <summary>The record's number; left out when requests are not recorded, as are all figures.</summary>
    public long? Id { get; init; }

    public required string Strategy { get; init; }

    public required string Workload { get; init; }

    public IReadOnlyList<AnswerThread>? Threads { get; init; }

    public required object Result { get; init; }

    public double? QueueMs { get; init; }

    public double? ConnectionMs { get; init; }

    public double? DbMs { get; init; }

    public double? GilMs { get; init; }

    /// <summary>Up to the end of the body; left out when the system was not asked about this request.</summary>
    public double? CpuMs { get; init; }

    [JsonIgnore]
    public string? Timing { get; private init; }

    public static WorkAnswer Of(string strategy, string workload, object result, RequestRecorder? recorder)
    {
        if (recorder?.Times() is not { } times)
        {
            return new WorkAnswer { Strategy = strategy, Workload = workload, Result = result };
        }

        return new WorkAnswer
        {
            Id = recorder.Id,
            Strategy = strategy,
            Workload = workload,
            Threads = Named(recorder.Threads),
            Result = result,
            QueueMs = ServerTiming.Milliseconds(times.Queue),
            ConnectionMs = ServerTiming.Milliseconds(times.Connection),
            DbMs = ServerTiming.Milliseconds(times.Database),
            GilMs = ServerTiming.Milliseconds(times.Gil),
            CpuMs = times.Cpu is { } cpu ? ServerTiming.Milliseconds(cpu) : null,
            Timing = ServerTiming.Of(times),
        };
    }

    private static AnswerThread[] Named(IReadOnlyList<ThreadIdentity> threads)
    {
        var named = new AnswerThread[threads.Count];
        for (var i = 0; i < named.Length; i++)
        {
            named[i] = new AnswerThread(threads[i].Managed, threads[i].Os);
        }

        return named;
    }
}
