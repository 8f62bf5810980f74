using WebConcurrency.Lab.Load;

namespace WebConcurrency.Lab.Tests.Running;

/// <summary>What a load might have come to: a second in which nothing was spoiled.</summary>
internal static class MadeUpLoad
{
    public static LoadResult Of(string path, int connections, long answered) => new()
    {
        Plan = new LoadPlan(path, connections, TimeSpan.FromSeconds(1)),
        Measured = TimeSpan.FromSeconds(1),
        Answered = answered,
        Refused = new Dictionary<int, long>(),
        Unanswered = 0,
        Latency = new LatencyHistogram(),
        SentLate = new LatencyHistogram(),
        Busy = 0.1,
        OwnCpu = TimeSpan.Zero,
    };
}
