using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using WebConcurrency.Server.Queueing;

namespace WebConcurrency.Server.Admission;

/// <summary>
/// The end of the server, in the order that a load balancer needs: first no new work while it still listens, so that others notice; then time for what
/// runs; then an end to it.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A host may stop twice and at once; a source without a timer holds nothing that must be freed.")]
internal sealed class Drain(IOptions<AdmissionOptions> options, IHostApplicationLifetime lifetime, TimeProvider time) : IHostedLifecycleService
{
    private readonly CancellationTokenSource _over = new();
    private int _running;

    /// <summary>The time for running work is over.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>Whether new work is turned away.</summary>
    public bool HasBegun => lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Takes a request in; <see cref="Leave"/> when its answer is known.</summary>
    /// <exception cref="TurnedAwayException">The server is stopping.</exception>
    public void Enter()
    {
        Interlocked.Increment(ref _running);
        if (HasBegun)
        {
            Leave();
            throw new StoppingException();
        }
    }

    public void Leave() => Interlocked.Decrement(ref _running);

    /// <summary>Runs before anything is stopped, Kestrel's listening included.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        try
        {
            await Task.Delay(options.Value.Notice, time, cancellationToken);
            while (Volatile.Read(ref _running) > 0 && time.GetElapsedTime(started) < options.Value.DrainTime)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), time, cancellationToken);
            }
        }
        finally
        {
            // Also when the host's patience ends first: whoever still waits for an answer gets one.
            await _over.CancelAsync();
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
