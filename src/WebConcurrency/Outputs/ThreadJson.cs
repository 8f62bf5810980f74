using WebConcurrency.Recording;

namespace WebConcurrency.Outputs;

/// <summary>A thread: the runtime's number and the system's.</summary>
internal sealed record ThreadJson(int Managed, int? Os)
{
    public static ThreadJson From(ThreadIdentity thread) => new(thread.Managed, thread.Os);
}
