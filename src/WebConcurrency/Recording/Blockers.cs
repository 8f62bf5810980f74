using System.Runtime.CompilerServices;

namespace WebConcurrency.Recording;

/// <summary>The first few requests that held what another one waited for, each once.</summary>
internal struct Blockers
{
    /// <summary>How many are kept.</summary>
    public const int Most = 8;

    private Ids _ids;

    public int Count { get; private set; }

    public readonly long this[int index] => _ids[index];

    public void Add(long id)
    {
        for (var i = 0; i < Count; i++)
        {
            if (_ids[i] == id)
            {
                return;
            }
        }

        if (Count < Most)
        {
            _ids[Count++] = id;
        }
    }

    [InlineArray(Most)]
    private struct Ids
    {
        private long _first;
    }
}
