using ScottPlot;

namespace WebConcurrency.Lab.Comparing.Report;

/// <summary>Draws a figure of every strategy against the level, as SVG.</summary>
internal static class Plots
{
    private const int Width = 620;
    private const int Height = 380;

    /// <param name="comparison">What was measured.</param>
    /// <param name="title">What is drawn.</param>
    /// <param name="unit">What it is counted in.</param>
    /// <param name="figure">The figure; what is not a number has no point.</param>
    public static string Svg(Comparison comparison, string title, string unit, Func<Cell, double> figure)
    {
        using var plot = new Plot();
        foreach (var strategy in comparison.Cells.GroupBy(cell => cell.Strategy))
        {
            var points = strategy.Where(cell => double.IsFinite(figure(cell))).OrderBy(cell => cell.Level.Position).ToList();
            if (points.Count > 0)
            {
                var line = plot.Add.Scatter(points.Select(cell => cell.Level.Position).ToArray(), points.Select(figure).ToArray());
                line.LegendText = strategy.Key;
                line.LineWidth = 2;
                line.MarkerSize = 7;
            }
        }

        plot.Title(title);
        plot.XLabel(comparison.Cells[0].Level.Rate is null ? "requests at once" : "requests due each second");
        plot.YLabel(unit);
        plot.ShowLegend(Edge.Right);
        plot.Axes.AutoScale();
        plot.Axes.SetLimitsY(0, plot.Axes.GetLimits().Top);
        var svg = plot.GetSvgXml(Width, Height);

        // Inside of a page there is no declaration.
        return svg[svg.IndexOf("<svg", StringComparison.Ordinal)..];
    }
}
