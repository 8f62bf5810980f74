using System.Diagnostics;

namespace WebConcurrency.Ledger;

/// <summary>
/// The newest items of an endless row, in an array that is made once: under load nothing that is kept burdens the garbage collector. Each item has a
/// position that never changes. Not thread-safe.
/// </summary>
internal sealed class RingLog<T>(int capacity)
    where T : struct
{
    private readonly T[] _items = new T[capacity];

    /// <summary>Where the next item will stand: so many have been added.</summary>
    public long Position { get; private set; }

    /// <summary>Where the oldest one stands that is kept.</summary>
    public long First => Math.Max(0, Position - capacity);

    /// <param name="position">Of an item that is kept.</param>
    public ref T this[long position]
    {
        get
        {
            Debug.Assert(position >= First && position < Position, "the item is not kept");
            return ref _items[(int)(position % capacity)];
        }
    }

    /// <returns>Where the item stands.</returns>
    public long Add(in T item)
    {
        _items[(int)(Position % capacity)] = item;
        return Position++;
    }

    /// <param name="items">No more than the capacity.</param>
    /// <returns>Where the first of them stands.</returns>
    public long Add(ReadOnlySpan<T> items)
    {
        var start = (int)(Position % capacity);
        var first = Math.Min(items.Length, capacity - start);
        items[..first].CopyTo(_items.AsSpan(start));
        items[first..].CopyTo(_items);
        Position += items.Length;
        return Position - items.Length;
    }

    /// <summary>Copies as many items as fit, from a position on; all of them must have been added.</summary>
    /// <returns>Whether they are still kept.</returns>
    public bool TryCopy(long position, Span<T> items)
    {
        if (position < First)
        {
            return false;
        }

        var start = (int)(position % capacity);
        var first = Math.Min(items.Length, capacity - start);
        _items.AsSpan(start, first).CopyTo(items);
        _items.AsSpan(0, items.Length - first).CopyTo(items[first..]);
        return true;
    }
}
