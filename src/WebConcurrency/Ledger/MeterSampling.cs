using WebConcurrency.Recording;

namespace WebConcurrency.Ledger;

/// <summary>
/// Decides of which requests the system is asked for CPU time: of all while they are few, and else of one in n, so that it costs the same however
/// many come. Which one of the n is left to chance, for requests may come in turns; and n follows from the second before and not from the moment, so that no
/// kind of request is preferred. Where it is wrong, at the beginning of a burst, twice as many are the most. Thread-safe.
/// </summary>
internal sealed class MeterSampling(TimeProvider time, int perSecond, IThreadMeter? meter, Random? random = null)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Random _random = random ?? Random.Shared;
    private long _windowStart = time.GetTimestamp();
    private long _every = 1;
    private long _count;
    private long _chosen;
    private long _pick;

    /// <summary>The meter for the request that begins now; <see langword="null"/>: it is left out.</summary>
    public IThreadMeter? Next()
    {
        if (meter is null || perSecond == 0)
        {
            return null;
        }

        lock (_lock)
        {
            if (time.GetElapsedTime(_windowStart) is var elapsed && elapsed >= Window)
            {
                _every = Math.Max(1, (long)Math.Ceiling(_count / elapsed.TotalSeconds / perSecond));
                (_windowStart, _count, _chosen) = (time.GetTimestamp(), 0, 0);
            }

            var place = _count++ % _every;
            if (place == 0)
            {
                _pick = _random.NextInt64(_every);
            }

            return place == _pick && _chosen++ < 2 * perSecond ? meter : null;
        }
    }
}
