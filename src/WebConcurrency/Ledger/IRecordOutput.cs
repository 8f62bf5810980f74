namespace WebConcurrency.Ledger;

/// <summary>Gets each finished record's figures once, in order of sequence, off the request's path.</summary>
internal interface IRecordOutput
{
    /// <param name="figures">Its columns; <see cref="RequestLedger.Find"/> gives the rest.</param>
    void Write(in RecordFigures figures);
}
