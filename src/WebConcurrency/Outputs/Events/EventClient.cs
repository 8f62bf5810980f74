using System.Buffers;
using System.IO.Pipelines;
using WebConcurrency.Ledger;

namespace WebConcurrency.Outputs.Events;

/// <summary>One listener: where it stands in the row of frames, and the loop that writes to it. At most one write is under way, of bounded size.</summary>
/// <param name="stream">What it listens to.</param>
/// <param name="ledger">Where it gets what was before.</param>
/// <param name="format">How records are written.</param>
/// <param name="timebase">The stream's clock.</param>
/// <param name="time">Of its timers.</param>
/// <param name="since">The sequence of the last record that it has.</param>
internal sealed class EventClient(EventStream stream, RequestLedger ledger, EventFormat format, Timebase timebase, TimeProvider time, long since)
{
    /// <summary>Written in one go; about what the server buffers for a connection.</summary>
    private const int Chunk = 32 * 1024;
    private const int Page = 64;

    /// <summary>
    /// The longest silence. A proxy in between closes a connection on which nothing moves, and a listener whose server is gone without a word would wait for ever.
    /// </summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    // Moved by its own loop; read by whoever counts what is lost. Far ahead until it has a place: nothing is missed yet.
    private long _place = long.MaxValue;
    private long _lost;
    private long _last = since;
    private CountsJson? _counts;
    private long _counted;
    private long _written = time.GetTimestamp();
    private bool _isDirty = true;

    /// <summary>Its next frame's place.</summary>
    public long Place => Volatile.Read(ref _place);

    /// <summary>Records that it knows it did not get.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Whether it was ended while a write waited for the listener to read.</summary>
    public bool IsWriting { get; private set; }

    /// <summary>Writes until the token ends it, or the listener is gone.</summary>
    /// <exception cref="OperationCanceledException">The token ended it.</exception>
    public async Task RunAsync(PipeWriter output, HelloJson hello, CancellationToken token)
    {
        output.Write("retry: 1000\n\n"u8);
        EventFormat.Named(output, "hello"u8, hello, EventJsonContext.Default.HelloJson);
        if (!await CatchUpAsync(output, token))
        {
            return;
        }

        while (true)
        {
            // Before looking for frames: one that comes in between ends the wait below.
            var changed = stream.Frames.Changed;
            WriteCounts(output);
            if (!await WriteFramesAsync(output, token))
            {
                return;
            }

            await WaitAsync(changed, token);
        }
    }

    /// <summary>Older records come from the ring, page by page, until the shared frames can take over.</summary>
    private async Task<bool> CatchUpAsync(PipeWriter output, CancellationToken token)
    {
        long place;
        while (!stream.Frames.TryJoin(_last, out place))
        {
            var records = ledger.After(_last, Page);
            if (records.IsEmpty)
            {
                break;
            }

            foreach (var record in records)
            {
                Write(output, format.Record(record));
            }

            if (!await FlushAsync(output, token))
            {
                return false;
            }
        }

        Volatile.Write(ref _place, place);
        return true;
    }

    private async Task<bool> WriteFramesAsync(PipeWriter output, CancellationToken token)
    {
        while (true)
        {
            var place = _place;
            for (var bytes = 0; bytes < Chunk;)
            {
                if (!stream.Frames.TryTake(ref place, out var frame, out var published))
                {
                    // The last ones may have been too many for this second.
                    WriteLost(output, published);
                    _last = Math.Max(_last, published);
                    break;
                }

                // First the place, then the loss: what was overwritten is counted once.
                Volatile.Write(ref _place, place);
                Write(output, frame);
                bytes += frame.Bytes.Length;
            }

            if (!_isDirty)
            {
                return true;
            }

            if (!await FlushAsync(output, token))
            {
                return false;
            }
        }
    }

    /// <returns>Whether the listener is still there.</returns>
    private async Task<bool> FlushAsync(PipeWriter output, CancellationToken token)
    {
        _isDirty = false;
        IsWriting = true;
        var result = await output.FlushAsync(token);
        IsWriting = false;
        _written = time.GetTimestamp();
        return !result.IsCompleted;
    }

    private void Write(PipeWriter output, in EventFrame frame)
    {
        WriteLost(output, frame.Sequence - 1);
        output.Write(frame.Bytes.Span);
        _last = frame.Sequence;
        _isDirty = true;
    }

    /// <summary>Says how many are missing between the last one and a sequence, that one included.</summary>
    private void WriteLost(PipeWriter output, long upTo)
    {
        var missing = upTo - _last;
        if (missing > 0)
        {
            Volatile.Write(ref _lost, _lost + missing);
            EventFormat.Id(output, upTo);
            EventFormat.Named(output, "lost"u8, new LostJson(missing, _lost, upTo), EventJsonContext.Default.LostJson);
            _isDirty = true;
        }
    }

    private async Task WaitAsync(Task changed, CancellationToken token)
    {
        try
        {
            await changed.WaitAsync(Tick, time, token);
        }
        catch (TimeoutException)
        {
            // Nothing has finished; the counts may have changed all the same.
        }
    }

    private void WriteCounts(PipeWriter output)
    {
        if (_counts is not null && time.GetElapsedTime(_counted) < Tick)
        {
            return;
        }

        _counted = time.GetTimestamp();
        var now = ledger.Counts;
        var counts = new CountsJson(now.Running, now.Queued, now.Leftover, now.Finished, stream.Clients, stream.Lost);
        if (counts != _counts)
        {
            _counts = counts;
            EventFormat.Named(output, "counts"u8, counts, EventJsonContext.Default.CountsJson);
            _isDirty = true;
        }
        else if (time.GetElapsedTime(_written) >= Heartbeat)
        {
            // An event and not a comment, of which a browser tells the page nothing.
            EventFormat.Named(output, "beat"u8, new BeatJson(Columns.Milliseconds(timebase.Now)), EventJsonContext.Default.BeatJson);
            _isDirty = true;
        }
    }
}
