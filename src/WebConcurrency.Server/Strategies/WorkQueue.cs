namespace WebConcurrency.Server.Strategies;

/// <summary>
/// Items on their way to owned threads, first come first served; admission bounds how many. An abandoned item leaves at once and frees its place.
/// Thread-safe.
/// </summary>
internal sealed class WorkQueue
{
    private readonly LinkedList<WorkItem> _items = [];
    private bool _closed;

    /// <param name="item">What is to run.</param>
    /// <param name="left">Called when it leaves the queue without having been taken.</param>
    public void Add(WorkItem item, Action? left = null)
    {
        lock (_items)
        {
            var node = _items.AddLast(item);
            item.LetGo = () =>
            {
                if (TryRemove(node))
                {
                    left?.Invoke();
                }
            };
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

    private bool TryRemove(LinkedListNode<WorkItem> node)
    {
        lock (_items)
        {
            if (node.List is null)
            {
                return false;
            }

            _items.Remove(node);
            return true;
        }
    }
}
