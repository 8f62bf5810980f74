using System.Diagnostics;

namespace WebConcurrency.Ledger;

/// <summary>Gets the record of each finished request that is traced, with the activity that waits for it, off the request's path.</summary>
internal interface ISpanOutput
{
    void Write(Activity span, RequestRecord record);
}
