using System.Diagnostics;
using OpenTelemetry;

namespace WebConcurrency.Server.Telemetry;

/// <summary>Says of each wait on which thread it began: under a blocking strategy that one is blocked.</summary>
internal sealed class ClientThreads : BaseProcessor<Activity>
{
    public override void OnStart(Activity data)
    {
        if (data.Kind == ActivityKind.Client)
        {
            data.SetTag("thread.id", Environment.CurrentManagedThreadId);
        }
    }
}
