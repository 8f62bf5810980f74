using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using WebConcurrency.Ledger;
using WebConcurrency.Outputs;

namespace WebConcurrency.Tests.Outputs;

public sealed class ThreadPoolLogTests : IDisposable
{
    private static readonly ThreadPoolReading Well = new(8, 0, TimeSpan.FromMilliseconds(499));
    private static readonly ThreadPoolReading Starved = new(12, 345, TimeSpan.FromMilliseconds(678));

    private readonly FakeTimeProvider _time = new();
    private readonly LogLines _lines = new();
    private readonly ThreadPoolLog _log;

    private readonly LoggerFactory _loggers;

    public ThreadPoolLogTests()
    {
        _loggers = new LoggerFactory([_lines]);
        _log = new ThreadPoolLog(_loggers, _time);
    }

    private IEnumerable<string> Lines => _lines.Of("WebConcurrency.ThreadPool");

    public void Dispose()
    {
        _loggers.Dispose();
        _lines.Dispose();
    }

    [Fact]
    public void Starvation_is_told_with_threads_queue_and_delay_and_its_end_as_well()
    {
        _log.Write(Well);
        Assert.Empty(Lines);
        _log.Write(Starved);
        _log.Write(Well);
        _log.Write(Well);
        Assert.Equal(
            [
                "WebConcurrency.ThreadPool 1040 The thread pool starves: 12 threads, 345 items wait for one, the last for 678 ms",
                "WebConcurrency.ThreadPool 1041 The thread pool has threads to spare again: 8",
            ],
            Lines);
    }

    [Fact]
    public void Starvation_that_goes_on_is_told_every_five_seconds()
    {
        for (var quarters = 0; quarters <= 40; quarters++)
        {
            _log.Write(Starved);
            _time.Advance(TimeSpan.FromMilliseconds(250));
        }

        Assert.Equal(3, Lines.Count());
    }

    [Fact]
    public void Summary_says_when_the_pool_starves()
    {
        Assert.True(ThreadPoolJson.From(Starved).Starved);
        Assert.False(ThreadPoolJson.From(Well).Starved);
        Assert.Equal((12, 345, 678), (ThreadPoolJson.From(Starved).Threads, ThreadPoolJson.From(Starved).QueueLength, ThreadPoolJson.From(Starved).DelayMs));
    }
}
