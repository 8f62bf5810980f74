using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using WebConcurrency.Recording;

namespace WebConcurrency.Ledger;

/// <summary>The newest finished records, at most as many as its capacity. Thread-safe.</summary>
internal sealed class RecordRing(int capacity, int phases)
{
    private readonly Lock _lock = new();
    private readonly RingLog<Row> _rows = new(capacity);
    private readonly RingLog<Phase> _phases = new(phases);
    // Most requests are on one to three; those of a record that no longer has its own here are left out with its phases.
    private readonly RingLog<ThreadIdentity> _threads = new(8 * capacity);

    public int Capacity => capacity;

    public void Add(in RecordFigures figures, ReadOnlySpan<Phase> phases, IReadOnlyList<ThreadIdentity> threads)
    {
        lock (_lock)
        {
            var firstThread = _threads.Position;
            for (var i = 0; i < threads.Count; i++)
            {
                _threads.Add(threads[i]);
            }

            _rows.Add(new Row(figures, _phases.Add(phases), phases.Length, firstThread, threads.Count));
        }
    }

    /// <summary>Where the oldest one stands that is kept, and where the next one will.</summary>
    public (long First, long End) Kept
    {
        get
        {
            lock (_lock)
            {
                return (_rows.First, _rows.Position);
            }
        }
    }

    /// <summary>Copies the figures of as many as fit, from a position on, and moves it behind them. Those that are no longer kept are left out.</summary>
    /// <returns>How many; 0 at the end.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Read(ref long position, long end, Span<RecordFigures> figures)
    {
        lock (_lock)
        {
            position = Math.Max(position, _rows.First);
            var count = (int)Math.Clamp(end - position, 0, figures.Length);
            for (var i = 0; i < count; i++)
            {
                figures[i] = _rows[position++].Figures;
            }

            return count;
        }
    }

    /// <summary>The sequence of the oldest that is kept; <see langword="null"/> when there is none.</summary>
    public long? Oldest
    {
        get
        {
            lock (_lock)
            {
                return _rows.Position == 0 ? null : _rows[_rows.First].Figures.Sequence;
            }
        }
    }

    /// <summary>The newest, oldest of them first.</summary>
    public ImmutableArray<RequestRecord> Newest(int count)
    {
        lock (_lock)
        {
            return Take(Math.Max(_rows.First, _rows.Position - count), count);
        }
    }

    /// <summary>Those that finished after a sequence, oldest first.</summary>
    public ImmutableArray<RequestRecord> After(long sequence, int count)
    {
        lock (_lock)
        {
            // They stand in order of sequence.
            long low = _rows.First, high = _rows.Position;
            while (low < high)
            {
                var middle = low + ((high - low) / 2);
                if (_rows[middle].Figures.Sequence <= sequence)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }

            return Take(low, count);
        }
    }

    public RequestRecord? Find(long id)
    {
        lock (_lock)
        {
            for (var i = _rows.Position - 1; i >= _rows.First; i--)
            {
                if (_rows[i].Figures.Id == id)
                {
                    return Record(_rows[i]);
                }
            }

            return null;
        }
    }

    private ImmutableArray<RequestRecord> Take(long first, int count)
    {
        var taken = ImmutableArray.CreateBuilder<RequestRecord>((int)Math.Min(count, _rows.Position - first));
        for (var i = first; taken.Count < taken.Capacity; i++)
        {
            taken.Add(Record(_rows[i]));
        }

        return taken.MoveToImmutable();
    }

    private RequestRecord Record(in Row row)
    {
        var phases = new Phase[row.PhaseCount];
        var kept = _phases.TryCopy(row.FirstPhase, phases);
        var threads = new ThreadIdentity[row.ThreadCount];
        if (!_threads.TryCopy(row.FirstThread, threads))
        {
            (threads, kept) = ([], false);
        }

        return new RequestRecord(
            row.Figures,
            ImmutableCollectionsMarshal.AsImmutableArray(threads),
            kept ? ImmutableCollectionsMarshal.AsImmutableArray(phases) : [],
            PhasesLeftOut: row.Figures.PhasesLeftOut || !kept);
    }

    private readonly record struct Row(RecordFigures Figures, long FirstPhase, int PhaseCount, long FirstThread, int ThreadCount);
}
