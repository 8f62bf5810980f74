using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using WebConcurrency.Recording;
using WebConcurrency.Server.Tests.Running;
using WebConcurrency.Server.Waiting;
using WebConcurrency.Server.Workloads;

namespace WebConcurrency.Server.Tests.Workloads;

/// <summary>A thread that is blocked until others have ended works no more than one that waits: the work is that of the others.</summary>
public sealed class JoiningTests(TestPostgres postgres)
{
    [Theory]
    [InlineData("thread")]
    [InlineData("pool")]
    [InlineData("gil")]
    public async Task Work_while_a_thread_joins_another_is_the_other_s(string strategy)
    {
        await using var server = new TestServer(postgres, services => services.AddSingleton<IWorkload, JoiningWorkload>());
        var answer = await server.JsonAsync($"/{strategy}/joining");
        var worker = answer.GetProperty("result").GetProperty("worker").GetInt32();
        var own = answer.GetProperty("threads")[0].GetProperty("os").GetInt32();
        var phases = (await server.RecordAsync(answer.GetProperty("id").GetInt64())).GetProperty("phases").EnumerateArray()
            .Where(phase => phase.GetProperty("kind").GetString() == "work").ToList();

        Assert.NotEqual(own, worker);

        // The worker begins a little before its starter is blocked.
        Assert.True(Sum(phases, worker) > JoiningWorkload.Milliseconds / 2, $"{Sum(phases, worker)} ms of the worker's work");
        Assert.True(Sum(phases, own) < Sum(phases, worker), $"{Sum(phases, own)} ms of work were booked for the thread that was blocked");
    }

    private static double Sum(IEnumerable<JsonElement> phases, int thread) => phases
        .Where(phase => phase.TryGetProperty("thread", out var on) && on.GetProperty("os").GetInt32() == thread)
        .Sum(phase => phase.GetProperty("ms").GetDouble());

    private sealed class JoiningWorkload : IWorkload
    {
        public const int Milliseconds = 100;

        public string Name => "joining";

        public IReadOnlyList<Parameter> Parameters => [];

        public async ValueTask<object> RunAsync(IReadOnlyList<int> arguments, IWaiting waiting, CancellationToken cancellationToken)
        {
            var workers = await waiting.JoinAsync(
                1,
                (_, _) =>
                {
                    for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started).TotalMilliseconds < Milliseconds;)
                    {
                        Thread.SpinWait(100);
                    }

                    return ThreadIdentity.Current.Os;
                },
                cancellationToken);
            return new { worker = workers[0] };
        }
    }
}
