using System.Runtime.InteropServices;
using WebConcurrency.Load;

/// <summary>
/// Tells, on SIGUSR1, what a process has allocated and keeps, without a word of it in the process's own program: the runtime runs this class when
/// <c>DOTNET_STARTUP_HOOKS</c> names its assembly. Name and signature are the runtime's (docs/design/features/host-startup-hook.md of dotnet/runtime).
/// </summary>
#pragma warning disable CA1050 // The runtime looks for it outside of any namespace.
internal static class StartupHook
#pragma warning restore CA1050
{
    /// <summary>SIGUSR1 of Linux: a signal that the runtime has no name for goes by its number.</summary>
    private const PosixSignal Asked = (PosixSignal)10;

    // Held for the life of the process: a registration that is collected hears nothing more.
    private static PosixSignalRegistration? s_registration;

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(MemoryReading.FileVariable) is { Length: > 0 } file)
        {
            s_registration = PosixSignalRegistration.Create(Asked, context =>
            {
                context.Cancel = true;
                MemoryReading.Take().WriteTo(file);
            });
        }
    }
}
