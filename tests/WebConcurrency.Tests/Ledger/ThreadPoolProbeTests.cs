using Microsoft.Extensions.Time.Testing;
using WebConcurrency.Ledger;

namespace WebConcurrency.Tests.Ledger;

public sealed class ThreadPoolProbeTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ThreadPoolProbe _probe;

    public ThreadPoolProbeTests() => _probe = new ThreadPoolProbe(_time) { Send = static _ => { } };

    [Fact]
    public void Request_that_starved_keeps_its_delay_however_late_its_record_is_made()
    {
        var start = Now();
        Pass(10);
        _probe.Look();
        Pass(800);
        _probe.Arrived();
        Pass(1);
        var end = Now();

        // The pool is well again, and the probe knows, before the record is made.
        Pass(1);
        Wait(0);

        Assert.Equal(800, Delay(start, end));
        Assert.Equal(0, _probe.Delay.TotalMilliseconds);
    }

    [Fact]
    public void Longest_of_several_items_counts_and_no_later_one()
    {
        Wait(900);
        Pass(1);
        var start = Now();
        Wait(5);
        Wait(70);
        Wait(20);
        var end = Now();
        Pass(1);
        Wait(300);

        Assert.Equal(70, Delay(start, end));
    }

    [Fact]
    public void Item_that_waited_from_before_or_beyond_counts_whole()
    {
        _probe.Look();
        Pass(100);
        var start = Now();
        Pass(50);
        _probe.Arrived();
        Assert.Equal(150, Delay(start, Now() + 1));

        Pass(1);
        start = Now();
        _probe.Look();
        Pass(10);
        var end = Now();
        Pass(290);
        Assert.Equal(300, Delay(start, end));
        _probe.Arrived();
        Assert.Equal(300, Delay(start, end));
    }

    [Fact]
    public void Item_that_was_sent_before_and_came_during_the_request_counts_beside_later_ones()
    {
        _probe.Look();
        Pass(500);
        var start = Now();
        Pass(500);
        _probe.Arrived();
        Pass(250);
        Wait(1);
        Pass(1);

        Assert.Equal(1_000, Delay(start, Now()));
    }

    [Fact]
    public void Time_between_two_looks_has_the_delay_of_the_one_before()
    {
        Wait(40);
        Pass(10);
        var start = Now();
        Pass(10);
        var end = Now();
        Assert.Equal(40, Delay(start, end));

        Pass(1);
        _probe.Look();
        Pass(500);
        Assert.Equal(40, Delay(start, end));
    }

    [Fact]
    public void Before_the_first_look_and_beyond_what_is_remembered_nothing_is_known()
    {
        Assert.Null(_probe.During(0, Now() + 1));

        Wait(900);
        Pass(1);
        var start = Now();
        Pass(1);
        var end = Now();
        for (var i = 0; i < 300; i++)
        {
            Pass(1);
            Wait(1);
        }

        Assert.Null(_probe.During(start, end));
    }

    [Fact]
    public void One_item_is_under_way_at_a_time()
    {
        var sent = 0;
        var probe = new ThreadPoolProbe(_time) { Send = _ => sent++ };
        probe.Look();
        probe.Look();
        Assert.Equal(1, sent);
        probe.Arrived();
        probe.Look();
        Assert.Equal(2, sent);
    }

    [Fact]
    public async Task Look_that_fails_ends_neither_the_process_nor_the_looking()
    {
        using var looked = new SemaphoreSlim(0);
        using var faulted = new SemaphoreSlim(0);
        var probe = new ThreadPoolProbe(TimeProvider.System)
        {
            Looked = _ =>
            {
                looked.Release();
                throw new InvalidOperationException("Whoever was told failed.");
            },
            Faulted = _ => faulted.Release(),
        };
        await probe.StartAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 2; i++)
        {
            Assert.True(await looked.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
            Assert.True(await faulted.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        }

        await probe.StopAsync(TestContext.Current.CancellationToken);
    }

    private long Now() => _time.GetTimestamp();

    private void Pass(double milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    private void Wait(double milliseconds)
    {
        _probe.Look();
        Pass(milliseconds);
        _probe.Arrived();
    }

    private double? Delay(long start, long end) => _probe.During(start, end)?.TotalMilliseconds;
}
