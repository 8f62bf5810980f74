using System.Diagnostics;
using WebConcurrency.Evidence;
using WebConcurrency.Ledger;
using WebConcurrency.Recording;

namespace WebConcurrency.Benchmarks;

/// <summary>A ledger on the real clock, and requests that are open in it.</summary>
internal sealed class RecordedRequests
{
    /// <summary>Requests in one iteration: as many as the ledger keeps traces for, so that none is made anew.</summary>
    public const int Count = 1_000;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    private readonly RequestRecorder[] _recorders = new RequestRecorder[Count];

    public RecordedRequests(bool metered) =>
        Ledger = new RequestLedger(TimeProvider.System, Options(metered), new NoEvidence(), ThreadMeter.Create())
        {
            Faulted = exception => throw exception,
        };

    public RequestLedger Ledger { get; }

    /// <summary>What each open request's code runs in.</summary>
    public ExecutionContext[] Contexts { get; } = new ExecutionContext[Count];

    /// <summary>All requests are asked about, or none.</summary>
    public static RequestConcurrencyOptions Options(bool metered) => new() { MeteredPerSecond = metered ? 1_000_000 : 0 };

    public void Open()
    {
        for (var i = 0; i < Count; i++)
        {
            _recorders[i] = Ledger.Open("GET", null);
            AmbientRecorder.Current = _recorders[i].Pipeline;
            Contexts[i] = ExecutionContext.Capture()!;
            AmbientRecorder.Current = null;
        }
    }

    public void Close()
    {
        foreach (var recorder in _recorders)
        {
            recorder.Close(200);
        }
    }

    /// <summary>Runs until the compiler has nothing to improve any more.</summary>
    public static void Warm(Action iteration)
    {
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < WarmUp)
        {
            iteration();
        }
    }
}
