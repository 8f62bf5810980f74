using System.Net;
using System.Text;
using WebConcurrency.Lab.Servers;

namespace WebConcurrency.Lab.Comparing.Report;

/// <summary>A comparison as one page that needs nothing beside itself.</summary>
internal static class ReportPage
{
    private const string Head = """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>Strategies compared</title>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <style>
        body { font: 14px system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; color: #222 }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums } th, td { padding: .2rem .5rem; text-align: right; border-bottom: 1px solid #ddd }
        th:first-child, td:first-child { text-align: left } .wide { overflow-x: auto } .plots { display: flex; flex-wrap: wrap; gap: 1rem }
        .timeline { max-width: 100% } .key span { display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0 1em } .failure { color: #b00020 }
        </style></head><body>
        """;

    public static string Of(ServerFacts server, Comparison comparison, string? failure)
    {
        var page = new StringBuilder(Head);
        page.Append("<h1>Strategies compared</h1><p>").Append(Text($"{server.Address}{(server.Lab is { } lab ? $", {lab.Cores} cores" : "")}. {ComparisonTable.Heading(comparison)}")).Append("</p>");
        if (failure is not null)
        {
            page.Append("<p class=\"failure\">It ended early: ").Append(Text(failure)).Append("</p>");
        }

        Table(page, comparison);
        page.Append("<h2>By load</h2><div class=\"plots\">")
            .Append(Plots.Svg(comparison, "Throughput", "requests/s", cell => cell.PerSecond))
            .Append(Plots.Svg(comparison, "Latency, 99th percentile", "ms", cell => cell.Latency.PercentileMs(99)))
            .Append(Plots.Svg(comparison, "CPU of the server for a request", "ms", cell => cell.CpuMs))
            .Append("</div>");
        page.Append("<h2>Eight requests at once</h2><p class=\"key\">");
        foreach (var (_, name, colour) in Timeline.Kinds)
        {
            page.Append("<span style=\"background:").Append(colour).Append("\"></span>").Append(Text(name));
        }

        page.Append("</p>");
        foreach (var (strategy, records) in comparison.Timelines)
        {
            page.Append("<h3>").Append(Text(strategy)).Append("</h3>").Append(Timeline.Svg(records));
        }

        return page.Append("</body></html>\n").ToString();
    }

    private static void Table(StringBuilder page, Comparison comparison)
    {
        page.Append("<div class=\"wide\"><table><thead><tr>");
        foreach (var title in ComparisonTable.Titles)
        {
            page.Append("<th>").Append(Text(title)).Append("</th>");
        }

        page.Append("</tr></thead><tbody>");
        foreach (var cell in comparison.Cells.Where(cell => cell.Rounds > 0))
        {
            page.Append("<tr>");
            foreach (var value in ComparisonTable.Row(cell, comparison.Bound))
            {
                page.Append("<td>").Append(Text(value)).Append("</td>");
            }

            page.Append("</tr>");
        }

        page.Append("</tbody></table></div>");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
