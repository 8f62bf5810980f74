using Microsoft.Extensions.DependencyInjection;
using WebConcurrency.Server.Database;
using WebConcurrency.Server.Queueing;
using WebConcurrency.Server.Tests.Running;
using WebConcurrency.Server.Waiting;

namespace WebConcurrency.Server.Tests.Database;

public sealed class ConnectionGateTests(TestPostgres postgres)
{
    private const int Callers = 8;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Npgsql's own blocking wait for a pooled connection goes through one semaphore of the process: hence a gate before each pool.</summary>
    [Fact]
    public async Task Exhausted_gate_keeps_nobody_from_another_data_source()
    {
        await using var first = Start();
        await using var second = Start();
        using var hold = new ManualResetEventSlim();
        using var held = new ManualResetEventSlim();
        var holder = OnAThread(first, async session =>
        {
            // The connection itself is taken with the first statement.
            await Ask(session, 0);
            held.Set();
            hold.Wait(Token);
            return 0;
        });
        try
        {
            held.Wait(Token);
            var blocked = Enumerable.Range(0, Callers).Select(i => OnAThread(first, session => Ask(session, i))).ToList();
            await Eventually.EqualAsync(Callers, () => Gate(first).Waiting, "how many wait for the first database");

            // They wait for each other's one connection, too.
            var served = Enumerable.Range(0, Callers).Select(i => OnAThread(second, session => Ask(session, i)))
                .Concat(Enumerable.Range(0, Callers).Select(i => UseAsync(second, BodyStyle.Awaits, session => Ask(session, i))))
                .ToList();
            await Eventually.EndsAsync(Task.WhenAll(served), "the callers of the second database");

            Assert.Equal(Callers, Gate(first).Waiting);
            Assert.DoesNotContain(blocked, caller => caller.IsCompleted);
            hold.Set();
            Assert.Equal(Enumerable.Range(0, Callers), await Task.WhenAll(blocked));
        }
        finally
        {
            hold.Set();
            await holder;
        }

        Assert.Equal((0, 0), (Gate(first).InUse, Gate(second).InUse));
    }

    private TestServer Start() => new(postgres, null, ("Postgres:Connections", "1"), ("Postgres:ConnectionWait", "00:00:50"));

    private static FifoGate Gate(TestServer server) => server.Services.GetRequiredService<DatabaseHost>().Requests.Gate;

    private static ValueTask<int> Ask(ISession session, int number) => session.QuerySingleAsync<int>("select $1::int from pg_sleep(0.02)", number);

    private static Task<int> OnAThread(TestServer server, Func<ISession, ValueTask<int>> body) => Task.Factory.StartNew(
        () => BlockingBody.Result(Use(server, BodyStyle.Blocks, body)), Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static async Task<int> UseAsync(TestServer server, BodyStyle style, Func<ISession, ValueTask<int>> body) => await Use(server, style, body);

    private static ValueTask<int> Use(TestServer server, BodyStyle style, Func<ISession, ValueTask<int>> body) =>
        server.Services.GetRequiredService<WaitingStyles>().For(style).UseAsync(body, Token);
}
