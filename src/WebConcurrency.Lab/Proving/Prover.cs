using WebConcurrency.Lab.Calibration;
using WebConcurrency.Lab.Proving.Claims;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Proving;

/// <summary>Does the experiments one after the other, so that none disturbs another.</summary>
/// <param name="bench">The server.</param>
/// <param name="repetitions">How often each is done before it is judged.</param>
internal sealed class Prover(Bench bench, int repetitions)
{
    /// <summary>A claim that does not hold after so many repetitions is judged by so many times as many: noise goes away, an error stays.</summary>
    private const int Rounds = 2;

    private static readonly string[] WarmUps = ["serial", "thread", "pool", "threadpool", "async", "gil"];

    private readonly List<ClaimVerdict> _verdicts = [];

    /// <summary>All claims, for a machine with so many cores.</summary>
    public static IReadOnlyList<IClaim> Claims(int cores) =>
    [
        new JoinedThreads(), new QueueWithoutThreads(), new WaitAndWork(), new TimeSlices(), new Priorities(), new MemoryOnDemand(), new GilAndComputing(cores),
        new GilAndWaiting(), new StrategyFollowsTask(), new Starvation(),
    ];

    /// <summary>A claim's place among all of them, from 1, also where only some are put to the proof.</summary>
    public static int NumberOf(IClaim claim) => 1 + Claims(1).Select(one => one.Name).ToList().IndexOf(claim.Name);

    /// <summary>What has been found so far.</summary>
    public IReadOnlyList<ClaimVerdict> Verdicts => _verdicts;

    /// <param name="claims">What to prove.</param>
    /// <param name="progress">Told each claim before its experiment.</param>
    /// <param name="cancellationToken">Ends it; <see cref="Verdicts"/> keeps what was found.</param>
    /// <exception cref="ServerException">The server failed; the same holds.</exception>
    public async Task RunAsync(IEnumerable<IClaim> claims, Action<string> progress, CancellationToken cancellationToken)
    {
        // Whoever comes first pays for connections and for compiling.
        foreach (var strategy in WarmUps)
        {
            await bench.BurstAsync(Enumerable.Repeat($"{strategy}/mixed?io=5&cpu=5", 16), cancellationToken);
        }

        foreach (var claim in claims)
        {
            progress(claim.Sentence);
            _verdicts.Add(await TakeAsync(claim, cancellationToken));
        }
    }

    private async Task<ClaimVerdict> TakeAsync(IClaim claim, CancellationToken cancellationToken)
    {
        var readings = new List<Reading>();
        var verdict = new ClaimVerdict(claim, []);
        for (var round = 0; round < Rounds && !verdict.Holds; round++)
        {
            try
            {
                for (var repetition = 0; repetition < repetitions; repetition++)
                {
                    readings.AddRange(await claim.TakeAsync(bench, cancellationToken));
                }
            }
            catch (RefusedException exception)
            {
                return new ClaimVerdict(claim, [], exception.Message);
            }

            verdict = new ClaimVerdict(claim, [.. claim.Predictions.Select(prediction => Of(prediction, readings))]);
        }

        return verdict;
    }

    private static Finding Of(Prediction prediction, List<Reading> readings)
    {
        var values = readings.Where(reading => reading.Prediction == prediction).Select(reading => reading.Value).ToList();
        return new Finding(prediction, values.Count == 0 ? double.NaN : Verdict.Median(values), values.Count);
    }
}
