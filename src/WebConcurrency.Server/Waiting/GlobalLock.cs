using Microsoft.Extensions.Options;
using WebConcurrency.Recording;
using WebConcurrency.Server.Queueing;

namespace WebConcurrency.Server.Waiting;

/// <summary>
/// One lock for all that compute, as CPython's interpreter has one (<c>Python/ceval_gil.c</c>): given in order of arrival, and given up by a holder
/// that has computed for the switch interval while another wants it. Belongs to the request and not to the thread, so it may be held across an await.
/// </summary>
internal sealed class GlobalLock(IOptions<GilOptions> options, TimeProvider time)
{
    private readonly TimeSpan _interval = TimeSpan.FromMilliseconds(options.Value.SwitchIntervalMs);
    private readonly FifoGate _gate = new("the lock to compute", 1, int.MaxValue, Timeout.InfiniteTimeSpan, time);

    // Written by the holder alone: since when, and which request it is (0: none that is recorded).
    private long _since;
    private long _holder;

    /// <summary>How many want it.</summary>
    public int Waiting => _gate.Waiting;

    /// <summary>Whether anybody holds it.</summary>
    public bool IsHeld => _gate.InUse > 0;

    /// <summary>Blocks until the caller may compute.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before; the lock is not held.</exception>
    public void Acquire(CancellationToken cancellationToken)
    {
        var free = _gate.TryEnter();
        if (!free)
        {
            RequestConcurrency.BlockedBy(Volatile.Read(ref _holder));
            using var wait = RequestConcurrency.Wait(WaitKind.Gil);
            _gate.Enter(cancellationToken);
        }

        Held(waited: !free);
    }

    public void Release()
    {
        if (_gate.Waiting == 0)
        {
            // Whoever comes next does not wait for this holder.
            Volatile.Write(ref _holder, 0);
        }

        _gate.Release();
    }

    /// <summary>Lets the lock go for a wait, where there is one; disposing takes it again, whatever the wait came to.</summary>
    public static LetGoScope LetGo(GlobalLock? gil)
    {
        gil?.Release();
        return new LetGoScope(gil);
    }

    /// <summary>Called by the holder while it computes: gives the lock up, and takes it again behind the others, when its turn is over.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; the lock is held all the same.</exception>
    public void Checkpoint(CancellationToken cancellationToken)
    {
        // Counted from the first one's coming, or from the last change of hands: who comes when the holder has long computed waits the interval all the same.
        if (_gate.WaitingSince is not { } wanted || time.GetElapsedTime(Math.Max(_since, wanted)) < _interval)
        {
            return;
        }

        using (RequestConcurrency.Wait(WaitKind.Gil))
        {
            _gate.Release();

            // Not cancelled half-way: whoever unwinds expects to hold the lock.
            _gate.Enter(CancellationToken.None);
        }

        Held(waited: true);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Whoever held it until now is the one that was waited for last.</summary>
    private void Held(bool waited)
    {
        if (waited)
        {
            RequestConcurrency.BlockedBy(Volatile.Read(ref _holder));
        }

        Volatile.Write(ref _holder, RequestRecorder.Current?.Id ?? 0);
        _since = time.GetTimestamp();
    }

    /// <summary>A wait during which others may compute.</summary>
    public readonly struct LetGoScope(GlobalLock? gil) : IDisposable
    {
        public void Dispose() => gil?.Acquire(CancellationToken.None);
    }
}
