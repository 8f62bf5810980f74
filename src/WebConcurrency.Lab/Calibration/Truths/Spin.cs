using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Calibration.Truths;

/// <summary>One request computes, and reads its thread's own CPU clock around it.</summary>
internal sealed class Spin : IKnownTruth
{
    private static readonly Figure Cpu = new("cpu_ms", "100 ms of computing, by the thread's CPU clock");

    public string Name => "a spin";

    public IReadOnlyList<Figure> Figures { get; } = [Cpu];

    public string? Obstacle(ServerFacts server) => server.Lab is null ? Answers.LabIsOff : null;

    public async Task<IReadOnlyList<Sample>> TakeAsync(ServerClient client, ServerFacts server, CancellationToken cancellationToken)
    {
        var reply = await client.AskAsync("lab/cpu?ms=100", cancellationToken);
        return [new Sample(Cpu, reply.Known("computed.cpu_ms"), await client.RecordAsync(reply, cancellationToken))];
    }
}
