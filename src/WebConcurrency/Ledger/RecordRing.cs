using System.Collections.Immutable;
using WebConcurrency.Recording;

namespace WebConcurrency.Ledger;

/// <summary>The newest finished records, at most as many as its capacity. Thread-safe.</summary>
internal sealed class RecordRing(int capacity)
{
    private readonly Lock _lock = new();
    private readonly RequestRecord?[] _records = new RequestRecord?[capacity];
    private long _added;

    public int Capacity => capacity;

    public void Add(RequestRecord record)
    {
        lock (_lock)
        {
            _records[_added++ % capacity] = record;
        }
    }

    /// <summary>All that is kept, oldest first.</summary>
    public ImmutableArray<RequestRecord> All()
    {
        lock (_lock)
        {
            var count = (int)Math.Min(_added, capacity);
            var all = ImmutableArray.CreateBuilder<RequestRecord>(count);
            for (var i = _added - count; i < _added; i++)
            {
                all.Add(_records[i % capacity]!);
            }

            return all.MoveToImmutable();
        }
    }
}
