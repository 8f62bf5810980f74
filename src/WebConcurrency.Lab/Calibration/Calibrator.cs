using WebConcurrency.Lab.Calibration.Truths;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Calibration;

/// <summary>Compares a server's records with known truths, one after the other so that none disturbs another.</summary>
/// <param name="client">Speaks to the server.</param>
/// <param name="tolerance">How far a figure may be off.</param>
/// <param name="repetitions">How often each truth is taken before it is judged.</param>
internal sealed class Calibrator(ServerClient client, Tolerance tolerance, int repetitions)
{
    /// <summary>A figure that is off after so many repetitions is measured so many times as often, and judged by all of it: one busy second is no verdict.</summary>
    private const int Rounds = 3;

    private static readonly Figure Sum = new("sum of columns", "the record's own wall_ms, to the rounding of its figures") { Slack = 0.01, IsExact = true };

    private static readonly Verdict[] Untried =
    [
        Verdict.NotTried(new("io_ms", "a wait for I/O that is not the database's"), "no request of this server has one"),
        Verdict.NotTried(new("parallel_cpu_ms", "two branches of one request that compute at once"), "no request of this server has them"),
        .. new[] { "wait_ms", "work_ms" }.Select(column => Verdict.NotTried(new(column, "the other columns"), "sums and differences of the other columns")),
        .. new[] { "overlapped", "hops", "thread_start_ms", "switches.voluntary" }.Select(column => Verdict.NotTried(new(column, "none"), "no truth is taken for them")),
    ];

    private readonly List<Verdict> _verdicts = [];
    private readonly List<Sample> _sums = [];

    private static readonly IKnownTruth[] Truths =
    [
        new DatabaseSleep(), new Spin(), new CrowdedCores(), new HeldLock(), WaitingBehind.AllConnections, WaitingBehind.OneThread, WaitingBehind.OneLock,
        new Overlap(), new Collection(), new StarvedPool(),
    ];

    /// <summary>How many steps <see cref="RunAsync"/> tells of, or one less.</summary>
    public static int Steps => Truths.Length;

    /// <summary>What has been found so far.</summary>
    public IReadOnlyList<Verdict> Verdicts => _verdicts;

    /// <param name="server">The server.</param>
    /// <param name="progress">Told the name of each truth before it is taken.</param>
    /// <param name="cancellationToken">Ends it; <see cref="Verdicts"/> keeps what was found.</param>
    /// <exception cref="ServerException">The server failed; the same holds.</exception>
    public async Task RunAsync(ServerFacts server, Action<string> progress, CancellationToken cancellationToken)
    {
        foreach (var truth in server.Lab is null ? Truths.Append(new SpinSeenFromOutside()) : Truths)
        {
            progress(truth.Name);
            if (truth.Obstacle(server) is { } obstacle)
            {
                _verdicts.AddRange(truth.Figures.Select(figure => Verdict.NotTried(figure, obstacle)));
            }
            else
            {
                _verdicts.AddRange(await TakeAsync(truth, server, cancellationToken));
            }
        }

        _verdicts.Add(Verdict.Of(Sum, _sums, tolerance, Excuse(Sum, server)));
        _verdicts.AddRange(Untried);
    }

    private static string? Excuse(Figure figure, ServerFacts server) =>
        server.Lab is { } lab ? lab.Excuse(figure == Sum ? "unexplained_ms" : figure.Column) : "nothing is known of this server's settings and system";

    private async Task<IReadOnlyList<Verdict>> TakeAsync(IKnownTruth truth, ServerFacts server, CancellationToken cancellationToken)
    {
        // The first one pays for connections and for compiling.
        await truth.TakeAsync(client, server, cancellationToken);
        var samples = new List<Sample>();
        IReadOnlyList<Verdict> verdicts = [];
        for (var round = 0; round < Rounds; round++)
        {
            for (var repetition = 0; repetition < repetitions; repetition++)
            {
                samples.AddRange(await truth.TakeAsync(client, server, cancellationToken));
            }

            verdicts = [.. truth.Figures.Select(figure => Verdict.Of(figure, [.. samples.Where(sample => sample.Figure == figure)], tolerance, Excuse(figure, server)))];
            if (samples.Count > 0 && verdicts.All(verdict => verdict.Outcome is not (Outcome.Off or Outcome.Missing)))
            {
                break;
            }
        }

        _sums.AddRange(samples.DistinctBy(sample => sample.Record).Select(
            sample => new Sample(Sum, sample.Record["wall_ms"] is { } wall ? Known.Exactly(wall) : null, sample.Record.Sum, sample.Record)));
        return verdicts;
    }
}
