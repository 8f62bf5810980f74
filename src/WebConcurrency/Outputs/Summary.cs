using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using WebConcurrency.Ledger;

namespace WebConcurrency.Outputs;

/// <summary>
/// Condenses the kept records by strategy, method and route: labels from fixed sets, so the result is bounded. In one pass and page by page: what is left
/// behind for the garbage collector would be paid by the requests that are looked at.
/// </summary>
internal sealed class Summary : IDisposable
{
    private const int Page = 128;

    private readonly NumericColumns _columns;
    private readonly Dictionary<(string? Strategy, string Method, string Route), RouteSummary> _routes = [];

    private Summary(NumericColumns columns) => _columns = columns;

    /// <remarks>What runs once for each record is compiled for speed at once: it is asked for too rarely for the runtime to find out, and took three times as long.</remarks>
    /// <returns>How many records there were, and what they come to.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (int Count, ImmutableArray<RouteJson> Routes) Of(RequestLedger ledger, NumericColumns columns)
    {
        using var summary = new Summary(columns);
        var page = ArrayPool<RecordFigures>.Shared.Rent(Page);
        var count = 0;
        try
        {
            // Not those that finish meanwhile: under load there would be no end.
            var (next, end) = ledger.Kept;
            while (ledger.Read(ref next, end, page.AsSpan(0, Page)) is > 0 and var read)
            {
                count += read;
                foreach (ref readonly var record in page.AsSpan(0, read))
                {
                    summary.Add(record);
                }
            }
        }
        finally
        {
            ArrayPool<RecordFigures>.Shared.Return(page, clearArray: true);
        }

        return (count, [.. summary._routes.OrderBy(route => route.Key).Select(route => route.Value.ToJson(route.Key.Strategy, route.Key.Method, route.Key.Route))]);
    }

    public void Dispose()
    {
        foreach (var route in _routes.Values)
        {
            route.Dispose();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(in RecordFigures record)
    {
        var key = (record.Strategy, record.Method, record.Route);
        if (!_routes.TryGetValue(key, out var route))
        {
            _routes.Add(key, route = new RouteSummary());
        }

        Span<double> values = stackalloc double[NumericColumns.Count];
        _columns.Fill(record, values);
        route.Add(record, values);
    }
}
