using WebConcurrency.Server.Queueing;

namespace WebConcurrency.Server.Strategies;

/// <summary>Makes the threads that the server owns.</summary>
internal static class OwnedThread
{
    /// <summary>Said, because the default of 8 MiB of address space a thread is a limit of its own.</summary>
    public const int StackBytes = 1024 * 1024;

    /// <summary>Starts a background thread that runs the body and ends.</summary>
    /// <param name="name">Its name, as debuggers and the kernel show it (the kernel keeps 15 characters).</param>
    /// <param name="body">Must not throw: an exception that leaves a thread ends the process.</param>
    /// <exception cref="NoThreadException">The system gives no more threads.</exception>
    public static void Start(string name, Action body)
    {
        try
        {
            // Without the starter's execution context: each item brings its own.
            new Thread(() => body(), StackBytes) { IsBackground = true, Name = name }.UnsafeStart();
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            throw new NoThreadException(exception);
        }
    }

    private sealed class NoThreadException(Exception inner) : TurnedAwayException("The system gives no more threads.", inner);
}
