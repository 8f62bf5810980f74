using System.Collections.Immutable;
using WebConcurrency.Ledger;
using WebConcurrency.Recording;
using WebConcurrency.Server.Tests.Running;

namespace WebConcurrency.Server.Tests.Strategies;

/// <summary>What the one lock means for who computes when; how much it costs is for <c>tests/load/gil.sh</c>.</summary>
public sealed class GilStrategyTests(TestPostgres postgres)
{
    private const int Requests = 6;

    [Fact]
    public async Task Requests_that_compute_take_turns_and_no_two_compute_at_once()
    {
        var records = await ComputeAsync("gil");

        // From the end of a wait for the lock to the beginning of the next the lock is held. Before the first and after the last a thread is on its
        // way to the lock and from it, some microseconds that are work as well.
        var turns = records.SelectMany(record => record.Phases.Zip(record.Phases.Skip(1), record.Phases.Skip(2)))
            .Where(three => (three.First.Kind, three.Second.Kind, three.Third.Kind) == (PhaseKind.Gil, PhaseKind.Work, PhaseKind.Gil))
            .Select(three => three.Second)
            .OrderBy(turn => turn.Start)
            .ToList();
        Assert.True(turns.Count > 5 * Requests, $"{turns.Count} turns of {Requests} requests that computed for 20 switch intervals each");
        Assert.Equal(Requests, turns.Select(turn => turn.Thread).Distinct().Count());
        Assert.DoesNotContain(turns.Zip(turns.Skip(1)), pair => pair.Second.Start < pair.First.End);
    }

    [Fact]
    public async Task Requests_under_thread_compute_at_once()
    {
        var work = (await ComputeAsync("thread")).SelectMany(record => record.Phases)
            .Where(phase => phase.Kind == PhaseKind.Work)
            .OrderBy(phase => phase.Start)
            .ToList();
        Assert.Contains(work.Zip(work.Skip(1)), pair => pair.Second.Start < pair.First.End);
    }

    private async Task<ImmutableArray<RequestRecord>> ComputeAsync(string strategy)
    {
        await using var server = new TestServer(postgres);
        foreach (var answer in await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => server.GetAsync($"/{strategy}/cpu?ms=100"))))
        {
            answer.EnsureSuccessStatusCode().Dispose();
        }

        return await server.RecordsAsync(Requests);
    }
}
