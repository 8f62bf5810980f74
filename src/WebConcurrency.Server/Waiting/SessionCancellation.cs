using Npgsql;
using WebConcurrency.Server.Database;
using WebConcurrency.Server.Threading;

namespace WebConcurrency.Server.Waiting;

/// <summary>
/// Cancels the statement that a session runs when nobody waits for it any more, and never the next one on that connection: the end of a statement waits
/// for a cancellation that is under way and lets none come after. Npgsql cancels a statement once and blocks whoever does it; what it sends may reach
/// PostgreSQL before the statement does, and is then ignored there. So it is asked for on another thread, and again until the statement is over.
/// </summary>
internal sealed class SessionCancellation : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly RequestDatabase _database;
    private readonly Cancellations _cancellations;
    private readonly CancellationToken _cancellationToken;
    private readonly Action<NpgsqlCommand> _cancel;
    private readonly CancellationTokenRegistration _registration;

    // Guards what follows; pulsed, once a cancellation has begun, at the end of a statement.
    private readonly object _lock = new();
    private NpgsqlCommand? _running;
    private int _backend;
    private bool _over;

    // Held while a cancellation is under way; null before the first.
    private SemaphoreSlim? _turn;

    /// <param name="database">The database that runs the statements.</param>
    /// <param name="cancellations">Where they are cancelled.</param>
    /// <param name="cancel">Has Npgsql cancel one. Called until the statement is over; may block.</param>
    /// <param name="cancellationToken">Nobody waits for the session any more.</param>
    public SessionCancellation(RequestDatabase database, Cancellations cancellations, Action<NpgsqlCommand> cancel, CancellationToken cancellationToken)
    {
        _database = database;
        _cancellations = cancellations;
        _cancel = cancel;
        _cancellationToken = cancellationToken;
        _registration = cancellationToken.UnsafeRegister(static session => ((SessionCancellation)session!).Start(), this);
    }

    /// <summary>A statement begins on its open connection.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits for it any more; it must not begin.</exception>
    public void Begin(NpgsqlCommand command)
    {
        // Opening the connection may have taken long.
        _cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            (_running, _backend) = (command, command.Connection!.ProcessID);
        }
    }

    /// <summary>The statement is over, however it ended. Blocks while it is being cancelled.</summary>
    public void End()
    {
        if (Ended() is { } turn)
        {
            turn.Wait();
            turn.Release();
        }
    }

    /// <inheritdoc cref="End"/>
    public async ValueTask EndAsync()
    {
        if (Ended() is { } turn)
        {
            await turn.WaitAsync();
            turn.Release();
        }
    }

    /// <summary>Begins to cancel. Never blocks.</summary>
    public void Start()
    {
        lock (_lock)
        {
            if (_turn is not null || _over)
            {
                return;
            }

            _turn = new SemaphoreSlim(1);
        }

        _cancellations.Run(() => Cancel(again: false));
    }

    public void Dispose()
    {
        _registration.Dispose();
        lock (_lock)
        {
            _over = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <returns>What to wait for, if anything.</returns>
    private SemaphoreSlim? Ended()
    {
        lock (_lock)
        {
            _running = null;
            if (_turn is not null)
            {
                Monitor.PulseAll(_lock);
            }

            return _turn;
        }
    }

    private void Cancel(bool again)
    {
        _turn!.Wait();
        try
        {
            NpgsqlCommand? running;
            lock (_lock)
            {
                running = _running;
            }

            if (running is not null)
            {
                _cancel(running);
                if (again)
                {
                    _database.Cancel(_backend, running.CommandText);
                }
            }
        }
        finally
        {
            _turn.Release();
        }

        lock (_lock)
        {
            if (!_over)
            {
                Monitor.Wait(_lock, Pause);
            }

            if (_over)
            {
                return;
            }
        }

        // To the end of the queue: another one may end at the first attempt.
        _cancellations.Run(() => Cancel(again: true));
    }
}
