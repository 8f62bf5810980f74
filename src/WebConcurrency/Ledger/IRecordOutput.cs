using WebConcurrency.Recording;

namespace WebConcurrency.Ledger;

/// <summary>Gets each finished record once, in order of sequence, off the request's path.</summary>
internal interface IRecordOutput
{
    void Write(RequestRecord record);
}
