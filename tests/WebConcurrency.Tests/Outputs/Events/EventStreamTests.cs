using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace WebConcurrency.Tests.Outputs.Events;

public sealed class EventStreamTests
{
    [Fact]
    public async Task Record_comes_with_its_phases_threads_and_sequence()
    {
        await using var app = await SocketApplication.StartAsync();
        using var reader = await app.ListenAsync();
        await app.WorkAsync(1);

        var (_, id, data) = await reader.NextAsync("message");
        var record = Assert.Single(app.Ledger.Newest(1));

        Assert.Equal(record.Figures.Sequence, id);
        Assert.Equal(record.Figures.Id, data.GetProperty("id").GetInt64());
        Assert.Equal("/work", data.GetProperty("route").GetString());
        Assert.Equal(record.Phases.Length, data.GetProperty("phases").GetArrayLength());
        Assert.Equal(
            record.Phases.Select(phase => phase.Thread?.Managed),
            data.GetProperty("phases").EnumerateArray().Select(phase => (int?)phase.GetProperty("thread").GetProperty("managed").GetInt32()));
        Assert.True(data.GetProperty("at_ms").GetDouble() >= reader.Hello.GetProperty("now_ms").GetDouble() - 60_000);
    }

    [Fact]
    public async Task Client_that_comes_back_gets_what_it_missed_and_no_more()
    {
        await using var app = await SocketApplication.StartAsync();
        await app.WorkAsync(5);
        await UntilSettledAsync(app, 5);
        using var back = await app.ListenAsync(lastEventId: 2);
        Assert.Equal([3, 4, 5], await back.SequencesAsync(3));
        await app.WorkAsync(2);
        Assert.Equal([6, 7], await back.SequencesAsync(2));
    }

    [Fact]
    public async Task Page_that_begins_a_new_stream_goes_on_where_it_was()
    {
        await using var app = await SocketApplication.StartAsync();
        await app.WorkAsync(5);
        await UntilSettledAsync(app, 5);
        using var back = await app.ListenAsync("?since=3");
        Assert.Equal([4, 5], await back.SequencesAsync(2));

        // The browser's own word is newer than the address, which it keeps when it tries again by itself.
        using var again = await app.ListenAsync("?since=3", lastEventId: 4);
        Assert.Equal([5], await again.SequencesAsync(1));
        using var refused = await app.Client.GetAsync("/concurrency/events?since=-1", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task New_client_gets_the_last_ones_it_asks_for_and_the_next()
    {
        await using var app = await SocketApplication.StartAsync();
        await app.WorkAsync(5);
        await UntilSettledAsync(app, 5);
        using var none = await app.ListenAsync();
        using var two = await app.ListenAsync("?last=2");
        await app.WorkAsync(1);
        Assert.Equal([6], await none.SequencesAsync(1));
        Assert.Equal([4, 5, 6], await two.SequencesAsync(3));
    }

    [Fact]
    public async Task Client_of_an_earlier_process_gets_all_that_is_kept()
    {
        await using var app = await SocketApplication.StartAsync();
        await app.WorkAsync(2);
        await UntilSettledAsync(app, 2);
        using var reader = await app.ListenAsync(lastEventId: 5_000);
        Assert.Equal([1, 2], await reader.SequencesAsync(2));
    }

    [Fact]
    public async Task Records_that_are_gone_are_counted_and_told()
    {
        await using var app = await SocketApplication.StartAsync(options => options.RecordsKept = 100);
        await app.WorkAsync(130);
        await UntilSettledAsync(app, 130);
        using var reader = await app.ListenAsync(lastEventId: 10);

        var lost = await reader.NextAsync("lost", "message");
        Assert.Equal("lost", lost.Name);
        Assert.Equal(20, lost.Data.GetProperty("count").GetInt64());

        // Its own id: whoever comes back after it is not told the same again.
        Assert.Equal((30, 30), (lost.Id, lost.Data.GetProperty("sequence").GetInt64()));
        Assert.Equal([31], await reader.SequencesAsync(1));
        Assert.Equal(20, (await reader.NextAsync("counts")).Data.GetProperty("lost").GetInt64());
    }

    [Fact]
    public async Task More_than_a_second_may_have_is_left_out_and_told()
    {
        await using var app = await SocketApplication.StartAsync(options => options.EventsPerSecond = 20);
        using var reader = await app.ListenAsync();
        await app.WorkAsync(300);

        var (told, lost) = (0L, 0L);
        while (told + lost < 300)
        {
            var next = await reader.NextAsync("lost", "message");
            told += next.Name == "message" ? 1 : 0;
            lost += next.Name == "lost" ? next.Data.GetProperty("count").GetInt64() : 0;
        }

        // Nobody stays without a word, those that came last included.
        Assert.Equal(300, told + lost);
        Assert.True(lost > 0);
    }

    [Fact]
    public async Task Clients_beyond_the_setting_are_turned_away_until_one_leaves()
    {
        await using var app = await SocketApplication.StartAsync(options => options.EventClients = 1);
        using (await app.ListenAsync())
        {
            using var refused = await app.Client.GetAsync("/concurrency/events", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        await UntilAsync(() => app.Stream.Clients == 0, "the first client to be gone");
        using var next = await app.ListenAsync();
    }

    [Fact]
    public async Task Stream_ends_when_the_application_stops_and_does_not_hold_it_up()
    {
        await using var app = await SocketApplication.StartAsync();
        using var reader = await app.ListenAsync();
        using var stuck = await StuckAsync(app);
        await app.StopAsync().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        while (await EndsAsync(reader))
        {
        }

        Assert.Equal(0, app.Stream.Clients);

        static async Task<bool> EndsAsync(EventReader reader)
        {
            try
            {
                return await reader.NextAsync() is not null;
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task Listening_is_not_recorded()
    {
        await using var app = await SocketApplication.StartAsync();
        using (var reader = await app.ListenAsync())
        {
            await app.WorkAsync(1);
            await reader.SequencesAsync(1);
        }

        await UntilAsync(() => app.Stream.Clients == 0, "the client to be gone");
        Assert.Equal(["/work"], app.Ledger.Newest(100).Select(record => record.Figures.Route));
    }

    [Fact]
    public async Task Silent_stream_has_a_heartbeat()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider { AutoAdvanceAmount = TimeSpan.Zero };
        await using var app = await PlainApplication.StartAsync(_ => { }, services: services => services.AddSingleton<TimeProvider>(time));
        using var reader = await EventReader.OpenAsync(app.Client, "", null);
        await reader.NextAsync("counts");
        var told = TimeSpan.FromMilliseconds(reader.Hello.GetProperty("beat_ms").GetDouble());
        for (var beats = 0; beats < 2; beats++)
        {
            var (next, silent) = (reader.NextAsync(), TimeSpan.Zero);
            for (; silent < 100 * told && !next.IsCompleted; silent += TimeSpan.FromMilliseconds(500))
            {
                time.Advance(TimeSpan.FromMilliseconds(500));
                await Task.Delay(2, TestContext.Current.CancellationToken);
            }

            Assert.Equal("beat", (await next)?.Name);
            Assert.True(silent >= told - TimeSpan.FromMilliseconds(500), $"a beat after {silent}");
        }
    }

    [Fact]
    public async Task Hundred_clients_that_never_read_cost_bounded_memory_and_delay_nobody()
    {
        await using var quiet = await SocketApplication.StartAsync(options => options.EventsPerSecond = 1_000_000);
        await using var crowded = await SocketApplication.StartAsync(options => options.EventsPerSecond = 1_000_000);
        using var alone = await quiet.ListenAsync();
        using var among = await crowded.ListenAsync();
        var idle = new List<Socket>();
        try
        {
            for (var i = 0; i < 100; i++)
            {
                idle.Add(await crowded.ListenWithoutReadingAsync());
            }

            await UntilAsync(() => crowded.Stream.Clients == 101, "a hundred clients");
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var sent = 0;
            for (; crowded.Stream.Lost == 0; sent += 500)
            {
                Assert.True(sent < 60_000, "Nobody has lost anything yet.");
                await LagAsync(crowded, among, sent);
            }

            // What is shared, and a buffer of the server's for each client.
            var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
            Assert.True(bytes < (16 * 1024 * 1024) + (100 * 256 * 1024), $"{bytes} bytes");
            while (among.Counts is not { } counts || counts.GetProperty("lost").GetInt64() == 0)
            {
                await among.NextAsync("counts");
            }

            // The same bursts in turn, with the hundred and without them.
            var (without, with) = (new List<double>(), new List<double>());
            for (var round = 0; round < 16; round++)
            {
                without.Add(await LagAsync(quiet, alone, round * 500));
                with.Add(await LagAsync(crowded, among, sent + (round * 500)));
            }

            TestContext.Current.TestOutputHelper?.WriteLine($"{bytes / 1024.0 / 1024.0:0.0} MB for 100 clients, {crowded.Stream.Lost} records lost by them; "
                + $"a client that reads is {Median(with):0} ms late, at most {with.Max():0}, and {Median(without):0} without them, at most {without.Max():0}");
            Assert.True(Median(with) < 1.5 * Median(without), $"{Median(with)} ms late among a hundred, {Median(without)} ms alone");
        }
        finally
        {
            foreach (var socket in idle)
            {
                socket.Dispose();
            }
        }
    }

    /// <summary>How many milliseconds after the last answer of a burst a client has all its records, in order.</summary>
    private static async Task<double> LagAsync(SocketApplication app, EventReader reader, int sent)
    {
        await BurstAsync(app, 500);
        var answered = TimeProvider.System.GetTimestamp();
        Assert.Equal(Enumerable.Range(sent + 1, 500).Select(i => (long)i), await reader.SequencesAsync(500));
        return TimeProvider.System.GetElapsedTime(answered).TotalMilliseconds;
    }

    private static double Median(List<double> lags) => lags.Order().ElementAt(lags.Count / 2);

    private static Task BurstAsync(SocketApplication app, int requests) =>
        Task.WhenAll(Enumerable.Range(0, 10).Select(_ => app.WorkAsync(requests / 10)));

    /// <summary>A client whose connection is full.</summary>
    private static async Task<Socket> StuckAsync(SocketApplication app)
    {
        var socket = await app.ListenWithoutReadingAsync();
        await UntilAsync(() => app.Stream.Clients == 2, "the second client");
        for (var i = 0; i < 100 && app.Stream.Lost == 0; i++)
        {
            await BurstAsync(app, 500);
        }

        return socket;
    }

    private static Task UntilSettledAsync(SocketApplication app, long finished) =>
        UntilAsync(() => app.Ledger.Newest(1) is [var newest] && newest.Figures.Sequence >= finished, $"record {finished}");

    private static async Task UntilAsync(Func<bool> condition, string what)
    {
        for (var looks = 0; !condition(); looks++)
        {
            Assert.True(looks < 20_000, $"Waited too long for {what}.");
            await Task.Delay(2, TestContext.Current.CancellationToken);
        }
    }
}
