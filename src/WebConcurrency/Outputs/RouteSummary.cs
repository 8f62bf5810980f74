using System.Runtime.CompilerServices;
using WebConcurrency.Ledger;

namespace WebConcurrency.Outputs;

/// <summary>The figures of one strategy, method and route while they are gathered. Dispose of it. Not thread-safe.</summary>
internal sealed class RouteSummary : IDisposable
{
    private readonly ColumnValues[] _columns = [.. NumericColumns.Names.Select(_ => new ColumnValues())];
    private int _count;
    private int _withOverlap;
    private TimeSpan _waited;
    private TimeSpan _covered;
    private TimeSpan _othersWork;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(in RecordFigures record, ReadOnlySpan<double> values)
    {
        _count++;
        for (var i = 0; i < _columns.Length; i++)
        {
            if (!double.IsNaN(values[i]))
            {
                _columns[i].Add(values[i]);
            }
        }

        if (!double.IsNaN(values[(int)NumericColumn.Covered]))
        {
            // From the clock alone: what others did during a wait is not known without the CPU time inside it.
            _withOverlap++;
            _waited += record.Times.IoWait;
            _covered += record.Covered;
            _othersWork += record.OthersWork;
        }
    }

    public RouteJson ToJson(string? strategy, string method, string route)
    {
        var percentiles = new SortedDictionary<string, PercentilesJson>(StringComparer.Ordinal);
        for (var i = 0; i < _columns.Length; i++)
        {
            if (_columns[i].Percentiles() is { } column)
            {
                percentiles.Add(NumericColumns.Names[i], column);
            }
        }

        return new RouteJson(strategy, method, route, _count, percentiles, Overlap());
    }

    public void Dispose() => Array.ForEach(_columns, column => column.Dispose());

    private RouteOverlapJson? Overlap() => _withOverlap == 0
        ? null
        : new RouteOverlapJson(Columns.Milliseconds(_waited), Columns.Milliseconds(_covered), Columns.Milliseconds(_othersWork))
        {
            CoveredShare = _waited > TimeSpan.Zero ? Math.Round(_covered / _waited, 4) : null,
        };
}
