using System.Globalization;
using WebConcurrency.Ledger;
using WebConcurrency.Recording;

namespace WebConcurrency.Outputs;

/// <summary>Says, for a newcomer, who worked while a request waited.</summary>
internal static class OverlapWords
{
    public static string Of(RequestRecord record, in OverlapFinding finding)
    {
        var waited = record.Figures.Times.IoWait;
        if (waited == TimeSpan.Zero)
        {
            return "It did not wait for I/O.";
        }

        var covered = string.Create(
            CultureInfo.InvariantCulture,
            $"{record.Figures.Covered.TotalMilliseconds:0.0} ms of its {waited.TotalMilliseconds:0.0} ms of I/O wait were covered by others' work");
        if (finding.Workers.IsEmpty)
        {
            return (finding.Complete, finding.Count) switch
            {
                (false, _) => $"{covered}; who worked is no longer kept.",
                (true, 0) => $"{covered}: no other request worked meanwhile.",
                _ => string.Create(CultureInfo.InvariantCulture, $"{covered}: {finding.Count} other requests worked {record.Figures.OthersWork.TotalMilliseconds:0.0} ms in all."),
            };
        }

        var named = string.Join(", ", finding.Workers.Select(share => string.Create(
            CultureInfo.InvariantCulture, $"request #{share.Who} worked {share.Work.TotalMilliseconds:0.0} ms on thread {share.Thread}")));
        var rest = finding.Count - finding.Workers.Length;
        return $"{covered}: {named}{(rest > 0 ? $", and {rest} more" : "")}{(finding.Complete ? "" : ", and some that are no longer kept")}.";
    }
}
