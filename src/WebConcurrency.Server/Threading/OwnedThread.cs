using WebConcurrency.Server.Queueing;

namespace WebConcurrency.Server.Threading;

/// <summary>Makes the threads that the server owns.</summary>
internal static class OwnedThread
{
    /// <summary>Said, because the default of 8 MiB of address space a thread is a limit of its own.</summary>
    public const int StackBytes = 1024 * 1024;

    /// <summary>Starts a background thread that runs the body and ends.</summary>
    /// <param name="name">Its name, as debuggers and the kernel show it (the kernel keeps 15 characters).</param>
    /// <param name="body">Must not throw: an exception that leaves a thread ends the process.</param>
    /// <param name="priority">How the operating system is to treat it.</param>
    /// <exception cref="TurnedAwayException">The system gives no more threads.</exception>
    public static Thread Start(string name, Action body, ThreadUrgency priority = ThreadUrgency.Normal)
    {
        try
        {
            var thread = new Thread(
                () =>
                {
                    if (priority == ThreadUrgency.Low)
                    {
                        LowPriority.TakeOn();
                    }

                    body();
                },
                StackBytes) { IsBackground = true, Name = name };

            // Without the starter's execution context: each item brings its own.
            thread.UnsafeStart();
            return thread;
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            throw new NoThreadException(exception);
        }
    }

    private sealed class NoThreadException(Exception inner) : TurnedAwayException("The system gives no more threads.", inner);
}
