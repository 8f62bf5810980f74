namespace WebConcurrency.Server.Strategies;

/// <summary>
/// Items on their way to owned threads, first come first served; admission bounds how many. An abandoned item leaves at once and frees its place.
/// Thread-safe.
/// </summary>
internal sealed class WorkQueue
{
    private readonly LinkedList<WorkItem> _items = [];
    private bool _closed;

    public void Add(WorkItem item)
    {
        lock (_items)
        {
            var node = _items.AddLast(item);
            item.LetGo = () => Remove(node);
            Monitor.Pulse(_items);
        }
    }

    /// <summary>Blocks until there is an item.</summary>
    /// <returns>The oldest item; <see langword="null"/> once the queue has closed and is empty.</returns>
    public WorkItem? Take()
    {
        lock (_items)
        {
            while (_items.Count == 0)
            {
                if (_closed)
                {
                    return null;
                }

                Monitor.Wait(_items);
            }

            var item = _items.First!.Value;
            _items.RemoveFirst();
            return item;
        }
    }

    /// <summary>Lets the takers end when nothing is left.</summary>
    public void Close()
    {
        lock (_items)
        {
            _closed = true;
            Monitor.PulseAll(_items);
        }
    }

    private void Remove(LinkedListNode<WorkItem> node)
    {
        lock (_items)
        {
            if (node.List is not null)
            {
                _items.Remove(node);
            }
        }
    }
}
