namespace WebConcurrency.Lab.Calibration;

/// <summary>A report for machines.</summary>
internal static class CalibrationJson
{
    public static void Write(TextWriter output, CalibrationReport report) => LabJson.Write(
        output,
        new
        {
            Server = report.Server?.Address,
            report.OwnBuild,
            report.Server?.RoundTripMs,
            Lab = report.Server is null ? (bool?)null : report.Server.Lab is not null,
            report.Server?.Lab?.Cores,
            report.Tolerance,
            Columns = report.Verdicts.Select(Shown),
            CostIsRough = report.Cost.Count > 0 ? true : (bool?)null,
            report.Cost,
            report.Failure,
            report.ExitCode,
        });

    private static object Shown(Verdict verdict) => verdict.Outcome is Outcome.Right or Outcome.Off
        ? new
        {
            verdict.Figure.Column,
            verdict.Outcome,
            verdict.Figure.Truth,
            verdict.Figure.Unit,
            verdict.Samples,
            Known = Math.Round(verdict.Known.Value, 3),
            Uncertainty = Math.Round(verdict.Known.Uncertainty, 3),
            Read = Math.Round(verdict.Read, 3),
            Error = Math.Round(verdict.Error, 3),
            Allowed = Math.Round(verdict.Allowed + verdict.Known.Uncertainty, 3),
        }
        : new { verdict.Figure.Column, verdict.Outcome, verdict.Figure.Truth, verdict.Reason };
}
