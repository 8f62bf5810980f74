using System.Diagnostics;

namespace WebConcurrency.Outputs.Events;

/// <summary>
/// The newest frames, shared by all clients: each has only a place in this row, so that one which never reads costs nothing and delays nobody. Bounded in
/// frames and in bytes. Thread-safe.
/// </summary>
internal sealed class EventFrames(int mostFrames, long mostBytes)
{
    private readonly Lock _lock = new();
    private readonly EventFrame[] _frames = new EventFrame[mostFrames];
    private long _first;
    private long _end;
    private long _bytes;
    private long _published;
    private TaskCompletionSource _changed = New();

    /// <summary>Ends when frames have come. Take it before looking for frames, or some may be missed.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>Up to which sequence records are here or have been left out.</summary>
    public long Published
    {
        get
        {
            lock (_lock)
            {
                return _published;
            }
        }
    }

    /// <summary>Bytes kept now.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Forgets all frames; the next ones come after this sequence.</summary>
    public void Restart(long published)
    {
        lock (_lock)
        {
            while (_first < _end)
            {
                DropFirst();
            }

            _published = published;
        }
    }

    /// <param name="frames">In order of sequence.</param>
    /// <param name="published">At least the last one's sequence.</param>
    public void Add(IReadOnlyList<EventFrame> frames, long published)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            foreach (var frame in frames)
            {
                if (_end - _first == mostFrames)
                {
                    DropFirst();
                }

                Slot(_end++) = frame;
                _bytes += frame.Bytes.Length;
            }

            while (_bytes > mostBytes)
            {
                DropFirst();
            }

            _published = published;
            (changed, _changed) = (_changed, New());
        }

        changed.SetResult();
    }

    /// <summary>Finds the place from which a client that has all records up to a sequence can go on.</summary>
    /// <returns>Whether the records after it are here; if not, they are to be had from the ledger.</returns>
    public bool TryJoin(long sequence, out long place)
    {
        lock (_lock)
        {
            place = _end;
            if (sequence >= _published)
            {
                return true;
            }

            if (_first == _end || Slot(_first).Sequence > sequence + 1)
            {
                return false;
            }

            while (place > _first && Slot(place - 1).Sequence > sequence)
            {
                place--;
            }

            return true;
        }
    }

    /// <summary>The frame at a place, or the oldest one after it that is still kept; moves the place behind it.</summary>
    public bool TryTake(ref long place, out EventFrame frame)
    {
        lock (_lock)
        {
            place = Math.Max(place, _first);
            if (place == _end)
            {
                frame = default;
                return false;
            }

            frame = Slot(place++);
            return true;
        }
    }

    /// <summary>How many frames have been overwritten that a client at this place had not taken.</summary>
    public long Missed(long place)
    {
        lock (_lock)
        {
            return Math.Max(0, _first - place);
        }
    }

    private void DropFirst()
    {
        Debug.Assert(_first < _end, "there is a frame");
        ref var slot = ref Slot(_first++);
        _bytes -= slot.Bytes.Length;
        slot = default;
    }

    private ref EventFrame Slot(long place) => ref _frames[(int)(place % mostFrames)];

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
