using System.Diagnostics;

namespace WebConcurrency.Lab.Load;

/// <summary>When the requests of an open loop are due: evenly, from the start on, whatever becomes of those before. By the clock of <see cref="Stopwatch"/>.</summary>
/// <param name="start">When the first one is.</param>
/// <param name="rate">How many each second.</param>
internal sealed class Arrivals(long start, double rate)
{
    private readonly double _between = Stopwatch.Frequency / rate;
    private long _taken;

    /// <summary>When the next one is due.</summary>
    public long Next => start + (long)(_taken * _between);

    /// <summary>Takes the next one.</summary>
    public long Take()
    {
        var due = Next;
        _taken++;
        return due;
    }
}
