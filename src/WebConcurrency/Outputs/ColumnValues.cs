using System.Buffers;
using System.Runtime.CompilerServices;

namespace WebConcurrency.Outputs;

/// <summary>What one column was in several requests. In a borrowed array: summing up thousands of records must not stop the requests that run. Dispose of it. Not thread-safe.</summary>
internal sealed class ColumnValues : IDisposable
{
    private double[] _values = [];
    private int _count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(double value)
    {
        if (_count == _values.Length)
        {
            var larger = ArrayPool<double>.Shared.Rent(Math.Max(64, 2 * _count));
            _values.AsSpan(0, _count).CopyTo(larger);
            Return();
            _values = larger;
        }

        _values[_count++] = value;
    }

    /// <summary>Its percentiles; <see langword="null"/> when it was measured nowhere. Sorts the values.</summary>
    public PercentilesJson? Percentiles()
    {
        var values = _values.AsSpan(0, _count);
        values.Sort();
        return values.IsEmpty ? null : PercentilesJson.OfSorted(values);
    }

    public void Dispose()
    {
        Return();
        (_values, _count) = ([], 0);
    }

    private void Return()
    {
        if (_values.Length > 0)
        {
            ArrayPool<double>.Shared.Return(_values);
        }
    }
}
