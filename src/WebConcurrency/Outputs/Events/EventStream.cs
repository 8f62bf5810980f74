using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using WebConcurrency.Ledger;

namespace WebConcurrency.Outputs.Events;

/// <summary>
/// Everybody who listens to finished records, and the one who writes the records for them, off the settling thread. While nobody listens a record costs
/// one look at a field. Thread-safe.
/// </summary>
internal sealed class EventStream(
    RequestLedger ledger, EventFormat format, RequestConcurrencyOptions options, TimeProvider time, IHostApplicationLifetime lifetime) : IRecordOutput
{
    private const int MostFrames = 8_192;
    private const int MostBytes = 8 * 1024 * 1024;

    /// <summary>Read from the ring at once: the settling thread may have to wait that long.</summary>
    private const int Page = 64;

    /// <summary>One write for many records, and well under what an eye notices.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly EventFrames _frames = new(MostFrames, MostBytes);
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    // Guards the listeners, and the publishing against a first listener who makes it begin anew.
    private readonly Lock _lock = new();
    private readonly HashSet<EventClient> _clients = [];
    private Task? _publishing;
    private long _lost;
    private long _lostSaid;
    private long _budgetRead = time.GetTimestamp();
    private double _budget = options.EventsPerSecond;

    // Written under the lock, read without.
    private int _listening;

    public EventFrames Frames => _frames;

    public int Clients
    {
        get
        {
            lock (_lock)
            {
                return _clients.Count;
            }
        }
    }

    /// <summary>Records that listeners did not get, summed over them; with what those that do not read will miss. Never falls.</summary>
    public long Lost
    {
        get
        {
            lock (_lock)
            {
                // A listener moves its place before it counts what it missed: for that moment the sum is too small, and a counter that falls would be taken for
                // one that began anew.
                return _lostSaid = Math.Max(_lostSaid, _lost + _clients.Sum(client => client.Lost + _frames.Missed(client.Place)));
            }
        }
    }

    public void Write(in RecordFigures figures)
    {
        if (Volatile.Read(ref _listening) != 0)
        {
            _news.Writer.TryWrite(true);
        }
    }

    /// <summary>Takes a listener in, unless there are too many or the application stops.</summary>
    public bool TryAdd(EventClient client)
    {
        lock (_lock)
        {
            if (_clients.Count >= options.EventClients || lifetime.ApplicationStopping.IsCancellationRequested)
            {
                return false;
            }

            _clients.Add(client);
            if (_clients.Count == 1)
            {
                // First heard, then looked: whatever is newer than this look will be signalled.
                Volatile.Write(ref _listening, 1);
                _frames.Restart(Newest);
                _publishing ??= Task.Run(PublishAsync, CancellationToken.None);
            }

            return true;
        }
    }

    public void Remove(EventClient client)
    {
        lock (_lock)
        {
            _clients.Remove(client);
            _lost += client.Lost + _frames.Missed(client.Place);
            if (_clients.Count == 0)
            {
                Volatile.Write(ref _listening, 0);
            }
        }
    }

    private long Newest => ledger.Newest(1) is [var newest] ? newest.Figures.Sequence : 0;

    private async Task PublishAsync()
    {
        var stopping = lifetime.ApplicationStopping;
        try
        {
            while (true)
            {
                await _news.Reader.ReadAsync(stopping);
                await Task.Delay(Pause, time, stopping);
                try
                {
                    while (Publish())
                    {
                    }
                }
                catch (Exception exception)
                {
                    ledger.Fault(exception);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The application stops; listeners end by themselves.
        }
    }

    /// <returns>Whether there may be more.</returns>
    private bool Publish()
    {
        lock (_lock)
        {
            var records = ledger.After(_frames.Published, Page);
            if (_clients.Count == 0 || records.IsEmpty)
            {
                return false;
            }

            var affordable = Math.Min(records.Length, Affordable());
            var frames = new EventFrame[affordable];
            for (var i = 0; i < affordable; i++)
            {
                frames[i] = format.Record(records[i]);
            }

            _budget -= affordable;

            // What is too much is left out in one piece; listeners see the gap in the sequence.
            _frames.Add(frames, affordable < records.Length ? Newest : records[^1].Figures.Sequence);
            return affordable == Page;
        }
    }

    private int Affordable()
    {
        var now = time.GetTimestamp();
        _budget = Math.Min(options.EventsPerSecond, _budget + (time.GetElapsedTime(_budgetRead, now).TotalSeconds * options.EventsPerSecond));
        _budgetRead = now;
        return (int)_budget;
    }
}
