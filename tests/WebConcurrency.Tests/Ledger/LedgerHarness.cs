using Microsoft.Extensions.Time.Testing;
using WebConcurrency.Evidence;
using WebConcurrency.Ledger;
using WebConcurrency.Recording;

namespace WebConcurrency.Tests.Ledger;

/// <summary>A ledger on a clock that stands still until it is told to go on. One tick is 100 ns.</summary>
internal sealed class LedgerHarness
{
    public LedgerHarness(Action<RequestConcurrencyOptions>? configure = null, IEvidence? evidence = null, IThreadMeter? meter = null)
    {
        var options = new RequestConcurrencyOptions();
        configure?.Invoke(options);
        Ledger = new RequestLedger(Time, options, evidence ?? new NoEvidence(), meter) { Faulted = exception => Fault = exception };
    }

    public FakeTimeProvider Time { get; } = new();

    public RequestLedger Ledger { get; }

    public Exception? Fault { get; private set; }

    public RequestRecorder Open(IMomentObserver? moments = null) => Ledger.Open("GET", moments);

    public IReadOnlyList<RequestRecord> Records() => Ledger.Newest(Ledger.Capacity);

    public long Now => Time.GetTimestamp();

    public void Pass(int milliseconds) => Time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    public RequestRecord RecordOf(RequestRecorder recorder)
    {
        Ledger.Settle();
        Assert.Null(Fault);
        return Records().Single(record => record.Figures.Id == recorder.Id);
    }

    public RequestRecord CloseAndRecord(RequestRecorder recorder)
    {
        recorder.Close(200);
        return RecordOf(recorder);
    }
}
