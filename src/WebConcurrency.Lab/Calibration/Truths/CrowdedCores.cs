using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Calibration.Truths;

/// <summary>More requests compute than there are cores, each of which asks the system what its own thread got.</summary>
internal sealed class CrowdedCores : IKnownTruth
{
    /// <summary>A server admits some 200 at once.</summary>
    private const int Most = 150;

    private static readonly Figure Runnable = new("runnable_ms", "twice as many spins as cores, by /proc/thread-self/schedstat");
    private static readonly Figure Cpu = new("cpu_ms", "the same spins, by their threads' CPU clocks");

    // Beside the body a request also comes in and is answered.
    private static readonly Figure Switches = new("switches.involuntary", "the same spins, by /proc/thread-self/status") { Unit = Unit.Times, Slack = 5 };

    public string Name => "more spins than cores";

    public IReadOnlyList<Figure> Figures { get; } = [Runnable, Cpu, Switches];

    public string? Obstacle(ServerFacts server) => server.Lab is not { } lab ? Answers.LabIsOff
        : 2 * lab.Cores > Most ? $"it has {lab.Cores} cores, and more than {Most} requests at once are not tried"
        : null;

    public async Task<IReadOnlyList<Sample>> TakeAsync(ServerClient client, ServerFacts server, CancellationToken cancellationToken)
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, 2 * server.Lab!.Cores).Select(_ => client.AskAsync("lab/cpu?ms=200", cancellationToken)));
        var samples = new List<Sample>(replies.Length * Figures.Count);
        foreach (var reply in replies)
        {
            var record = await client.RecordAsync(reply, cancellationToken);
            samples.Add(new Sample(Runnable, reply.Known("computed.runnable_ms"), record));
            samples.Add(new Sample(Cpu, reply.Known("computed.cpu_ms"), record));
            samples.Add(new Sample(Switches, reply.Known("computed.involuntary_switches"), record));
        }

        return samples;
    }
}
