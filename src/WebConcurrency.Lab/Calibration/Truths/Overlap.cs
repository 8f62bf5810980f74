using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Calibration.Truths;

/// <summary>One request computes while another one waits for the database, and takes the time of it by a stopwatch of its own.</summary>
internal sealed class Overlap : IKnownTruth
{
    private static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(50);

    private static readonly Figure Covered = new("covered_ms", "another's computing during a pg_sleep, by its stopwatch");
    private static readonly Figure OthersWork = new("others_work_ms", "the same");

    public string Name => "one waits while another works";

    public IReadOnlyList<Figure> Figures { get; } = [Covered, OthersWork];

    public string? Obstacle(ServerFacts server) => server.Lab is null ? Answers.LabIsOff : null;

    public async Task<IReadOnlyList<Sample>> TakeAsync(ServerClient client, ServerFacts server, CancellationToken cancellationToken)
    {
        var waiting = client.AskAsync("thread/io?ms=600", cancellationToken);
        await Task.Delay(HeadStart, cancellationToken);
        var worker = await client.AskAsync("lab/cpu?ms=100", cancellationToken);
        var waiter = await waiting;
        if (worker.Ended >= waiter.Ended)
        {
            // It may have worked on after the wait.
            return [];
        }

        var known = Known.Exactly(worker.Number("computed.took_ms"));
        var record = await client.RecordAsync(waiter, cancellationToken);
        return [new Sample(Covered, known, record), new Sample(OthersWork, known, record)];
    }
}
