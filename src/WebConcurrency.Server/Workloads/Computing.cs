using System.Diagnostics;
using System.Security.Cryptography;
using WebConcurrency.Server.Waiting;

namespace WebConcurrency.Server.Workloads;

/// <summary>
/// A fixed amount of computing, calibrated to take a wanted time on an idle core. It hashes in native code, so that its speed does not change
/// when the runtime compiles the code around it better. Thread-safe.
/// </summary>
internal sealed partial class Computing(ILogger<Computing> logger) : IHostedLifecycleService
{
    /// <summary>One round takes some ten microseconds: short enough for a checkpoint after each, long enough to make the loop around it cheap.</summary>
    private const int RoundBytes = 16 * 1024;

    private const int WarmUpRounds = 2_000;
    private const int Trials = 9;
    private const int TrialRounds = 1_000;

    private static readonly byte[] Data = new byte[RoundBytes];

    private double _roundsPerMillisecond;

    /// <summary>Computes for so long, on a core that has nothing else to do.</summary>
    /// <param name="milliseconds">How long.</param>
    /// <param name="waiting">Has a checkpoint in each round.</param>
    /// <param name="cancellationToken">Looked at in each round.</param>
    /// <returns>How many rounds that took: the same number each time.</returns>
    /// <exception cref="OperationCanceledException">Cancelled before the end.</exception>
    public int Compute(double milliseconds, IWaiting waiting, CancellationToken cancellationToken)
    {
        var rounds = (int)Math.Round(milliseconds * _roundsPerMillisecond);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        for (var round = 0; round < rounds; round++)
        {
            waiting.Checkpoint(cancellationToken);
            SHA256.HashData(Data, digest);
        }

        return rounds;
    }

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        Hash(WarmUpRounds, cancellationToken);
        var speeds = new double[Trials];
        for (var trial = 0; trial < Trials; trial++)
        {
            var started = Stopwatch.GetTimestamp();
            Hash(TrialRounds, cancellationToken);
            speeds[trial] = TrialRounds / Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        // Whatever else ran on the core made a trial slower, never faster: the fastest is the nearest to an idle core.
        _roundsPerMillisecond = speeds.Max();
        Calibrated(logger, _roundsPerMillisecond);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static void Hash(int rounds, CancellationToken cancellationToken)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        for (var round = 0; round < rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            SHA256.HashData(Data, digest);
        }
    }

    [LoggerMessage(2100, LogLevel.Information, "One millisecond of computing is {RoundsPerMillisecond:0.0} rounds of SHA-256 over 16 KiB on this machine")]
    private static partial void Calibrated(ILogger logger, double roundsPerMillisecond);
}
