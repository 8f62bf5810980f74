using WebConcurrency.Lab.Advising;
using WebConcurrency.Lab.Load;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Comparing;

/// <summary>The same work under several strategies and at several levels, in turns, so that no moment of the machine is one strategy's alone.</summary>
internal sealed class Comparison(ServerClient client, string work, IReadOnlyList<string> strategies, IReadOnlyList<Level> levels, TimeSpan slice, int rounds, bool isNew)
{
    /// <summary>Of each round so many of the newest records are read.</summary>
    private const int RecordsRead = 200;

    private const int ProfileSamples = 20;
    private const int TimelineRequests = 8;

    public string Work => work;

    /// <summary>In the order of the strategies and levels that were asked for.</summary>
    public IReadOnlyList<Cell> Cells { get; } = [.. from strategy in strategies from level in levels select new Cell(strategy, level)];

    /// <summary>Eight requests at once under each strategy, with their phases.</summary>
    public Dictionary<string, IReadOnlyList<ServerRecord>> Timelines { get; } = [];

    public Bound? Bound { get; private set; }

    /// <summary>How many steps <see cref="RunAsync"/> tells of.</summary>
    public int Steps => (rounds * Cells.Count) + 3;

    /// <param name="server">The server.</param>
    /// <param name="progress">Told each step before it is done.</param>
    /// <param name="cancellationToken">Ends it; the cells keep what was measured.</param>
    /// <exception cref="ServerException">The server failed; the same holds.</exception>
    public async Task RunAsync(ServerFacts server, Action<string> progress, CancellationToken cancellationToken)
    {
        progress("warming up");
        await NewServer.WarmUpAsync(client.Address, isNew, [.. strategies.Select(strategy => $"{strategy}/{work}")], cancellationToken);
        progress("one request alone");
        Bound = new Bound(await WorkProfile.MeasureAsync(client, work, ProfileSamples, cancellationToken), server.Lab?.Cores);
        for (var round = 0; round < rounds; round++)
        {
            // Level by level, and to and fro within one: neighbours in time are what is compared.
            foreach (var level in levels)
            {
                var turn = Cells.Where(cell => cell.Level == level);
                foreach (var cell in round % 2 == 0 ? turn : turn.Reverse())
                {
                    progress($"round {round + 1} of {rounds}: {cell.Strategy}, {level.Name}");
                    await MeasureAsync(cell, cancellationToken);
                }
            }
        }

        // Alone on a core that has just slept a request computes for longer than among others: no bound.
        var least = Cells.Select(cell => cell.Column("cpu_ms")).Where(double.IsFinite).Append(Bound.Profile.ComputeMs).Min();
        Bound = Bound with { Profile = Bound.Profile with { ComputeMs = least } };

        if (Cells.FirstOrDefault(cell => cell.FirstUseless is not null) is { } useless)
        {
            throw new ServerException(useless.FirstUseless!);
        }

        progress("timelines");
        foreach (var strategy in strategies)
        {
            var replies = await Task.WhenAll(Enumerable.Range(0, TimelineRequests).Select(_ => client.AskAsync($"{strategy}/{work}", cancellationToken)));
            var records = new List<ServerRecord>();
            foreach (var reply in replies)
            {
                records.Add(await client.RecordAsync(reply, cancellationToken));
            }

            Timelines[strategy] = records;
        }
    }

    /// <summary>How many of the newest records are no good: the last ones of a closed loop run among fewer and fewer, because nobody asks again after the end.</summary>
    internal static int Tail(Level level) => level.Rate is null ? level.Connections : 0;

    private async Task MeasureAsync(Cell cell, CancellationToken cancellationToken)
    {
        var finishedBefore = await client.FinishedAsync(cancellationToken);
        var before = await client.LabAsync(cancellationToken);
        var plan = new LoadPlan($"{cell.Strategy}/{work}", cell.Level.Connections, slice) { Rate = cell.Level.Rate, WarmUp = slice / 5 };
        var load = await LoadGenerator.RunAsync(client.Address, plan, cancellationToken);
        if (load.Failure is { } failure)
        {
            cell.Add(load, [], null, null, 0);
            throw new ServerException(failure);
        }

        var after = await client.LabAsync(cancellationToken);
        var finished = await client.FinishedAsync(cancellationToken) - finishedBefore;
        var tail = Tail(cell.Level);
        var records = await client.NewestAsync((int)Math.Clamp(finished, 1, RecordsRead + tail), cancellationToken);
        cell.Add(load, records.Skip(tail).Where(record => record.Text("strategy") == cell.Strategy), before, after, finished);
    }
}
