using WebConcurrency.Recording;

namespace WebConcurrency.Ledger;

/// <summary>Gets each finished record once, in order of sequence, off the request's path.</summary>
internal interface IRecordOutput
{
    /// <param name="record">The record.</param>
    /// <param name="overlap">Who worked during its I/O waits, a few by name.</param>
    void Write(RequestRecord record, in OverlapFinding overlap);
}
