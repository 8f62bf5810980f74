using WebConcurrency.Ledger;

namespace WebConcurrency.Evidence;

/// <summary>When not all was heard. Not thread-safe.</summary>
internal sealed class UnheardTimes
{
    private readonly RingLog<(long Start, long End)> _gaps = new(1_024);

    // From the beginning: nothing is heard before somebody listens.
    private long _since;

    /// <summary>Whether it goes on.</summary>
    public bool GoesOn => _since != long.MaxValue;

    /// <summary>From an instant on things may remain unheard, if they do not already.</summary>
    public void Begin(long since) => _since = Math.Min(_since, since);

    /// <summary>From an instant on all is heard.</summary>
    public void End(long until)
    {
        if (GoesOn)
        {
            _gaps.Add((_since, until));
            _since = long.MaxValue;
        }
    }

    /// <summary>It has turned out that there was nothing to be heard.</summary>
    public void Revoke() => _since = long.MaxValue;

    /// <summary>Whether a stretch of time shares any with them.</summary>
    public bool Touch(long start, long end)
    {
        if (end > _since)
        {
            return true;
        }

        for (var i = _gaps.Position - 1; i >= _gaps.First; i--)
        {
            if (_gaps[i].End <= start)
            {
                return false;
            }

            if (_gaps[i].Start < end)
            {
                return true;
            }
        }

        // Older ones than are kept may have been there.
        return _gaps.First > 0;
    }
}
