using Npgsql;
using WebConcurrency.Server.Threading;

namespace WebConcurrency.Server.Waiting;

/// <summary>
/// Cancels one statement that blocks its thread, from another thread, and never the next one on that connection: disposing it waits for a cancellation
/// that is under way and lets none come after.
/// </summary>
internal sealed class StatementCancellation : IDisposable
{
    private readonly NpgsqlCommand _command;
    private readonly CancellationTokenRegistration _registration;

    // Guards the end.
    private readonly Lock _lock = new();
    private bool _over;

    /// <param name="command">The statement.</param>
    /// <param name="cancellations">Where it is cancelled: Npgsql blocks whoever does it.</param>
    /// <param name="cancellationToken">Nobody waits for it any more.</param>
    public StatementCancellation(NpgsqlCommand command, Cancellations cancellations, CancellationToken cancellationToken)
    {
        _command = command;
        _registration = cancellationToken.UnsafeRegister(_ => cancellations.Run(Cancel), null);
    }

    public void Dispose()
    {
        _registration.Dispose();
        lock (_lock)
        {
            _over = true;
        }
    }

    private void Cancel()
    {
        lock (_lock)
        {
            if (!_over)
            {
                _command.Cancel();
            }
        }
    }
}
